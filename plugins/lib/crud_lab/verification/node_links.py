"""The links below Kubernetes: the node's container, SSH, the API server."""

from __future__ import annotations

import json
import subprocess

from crud_lab import docker_group
from crud_lab.verification.cluster import Cluster, UnreachableError
from crud_lab.verification.problem import Broken
from crud_lab.verification.site import Site

TIMEOUT = 10


def run(*command: str) -> tuple[bool, str]:
    """Run a command that only looks; return whether it succeeded and the last line it wrote."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, str(error)
    text = (done.stdout if done.returncode == 0 else done.stderr or done.stdout).strip()
    return done.returncode == 0, text.splitlines()[-1] if text else ""


def container(site: Site) -> Broken | None:
    """The node is a container that runs."""
    if site.fact("node", "provider") != "docker":
        return None
    name = str(site.fact("node", "name", site.name))
    fine, text = run("docker", "inspect", "--format", "{{json .State}}", name)
    if not fine and "No such" in text:
        return Broken(
            f"there is no container {name}", "ansible-playbook site.yml --tags node,docker,k3s,image,app,monitoring"
        )
    if not fine:
        mended = f"{docker_group.way_out()}, then ansible-playbook site.yml --tags node"
        return Broken(f"Docker does not answer ({text})", mended)
    state = json.loads(text)
    if state["Running"] and not state.get("Paused"):
        return None
    seen = f"the node's container {name} is {state['Status']}"
    if state["Status"] == "exited":
        seen += f" (code {state['ExitCode']}{', out of memory' if state['OOMKilled'] else ''})"
    return Broken(seen, f"docker {'unpause' if state.get('Paused') else 'start'} {name}")


def ssh(site: Site) -> Broken | None:
    """The node answers over SSH with the lab's own key."""
    config = site.state_dir / "ssh_config"
    if not config.exists():
        return None
    command = ("ssh", "-F", str(config), "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", site.name)
    fine, text = run(*command, "true")
    return None if fine else Broken(f"SSH to {site.name} fails ({text})", "ansible-playbook site.yml --tags node")


def api_server(site: Site, cluster: Cluster) -> Broken | None:
    """The Kubernetes API says that it is ready."""
    try:
        cluster.raw("/readyz")
    except UnreachableError as error:
        return Broken(
            f"the Kubernetes API does not answer ({error}){k3s_state(site)}", "ansible-playbook site.yml --tags k3s"
        )
    return None


def k3s_state(site: Site) -> str:
    """Return what systemd on the node says about k3s, as a further link."""
    config = site.state_dir / "ssh_config"
    if not config.exists():
        return ""
    command = ("ssh", "-F", str(config), "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", site.name)
    active, state = run(*command, "systemctl", "is-active", "k3s")
    _, line = run(*command, "sudo", "journalctl", "--unit=k3s", "--lines=1", "--output=cat", "--no-pager")
    return "" if active else f" ← k3s is {state or 'unknown'} on the node: {line}"


def node_ready(cluster: Cluster) -> Broken | None:
    """Every Kubernetes node is Ready and not short of disk, memory or processes."""
    nodes = cluster.items("/api/v1/nodes")
    if not nodes:
        return Broken("the cluster has no node", "ansible-playbook site.yml --tags k3s")
    for node in nodes:
        for condition in node["status"].get("conditions", []):
            wanted = "True" if condition["type"] == "Ready" else "False"
            if condition["status"] != wanted:
                seen = f"node {node['metadata']['name']}: {condition['type']}={condition['status']}"
                return Broken(f"{seen} ({condition['message']})", "ansible-playbook site.yml --tags k3s")
    return None
