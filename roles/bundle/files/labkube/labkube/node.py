"""What labkube finds on the node, and the little that it changes there (in the node's own network alone)."""

import ipaddress
import os
import socket
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from labkube.config import Config
from labkube.files import write

# The second is where systemd-resolved keeps the name servers that stand behind its own 127.0.0.53.
RESOLV_CONFS = (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf"))


class NodeError(RuntimeError):
    """The node lacks something; the message says what would help."""


@dataclass(frozen=True)
class Node:
    """The facts that the components' settings follow from."""

    address: str
    cgroup_v1: bool
    in_container: bool
    systemd: bool

    @property
    def systemd_cgroups(self) -> bool:
        """Who makes the pods' control groups. On version 1 systemd now and then removes one that it just made."""
        return self.systemd and not self.cgroup_v1


def find(config: Config) -> Node:
    """Look at this machine."""
    return Node(
        address=config.node_ip or _address(),
        cgroup_v1=not Path("/sys/fs/cgroup/cgroup.controllers").exists(),
        in_container=Path("/run/systemd/container").exists(),
        systemd=Path("/run/systemd/system").is_dir(),
    )


def _address() -> str:
    """The address that the default route uses; connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError as error:
            raise NodeError("no default route, so no address to choose: set node-ip in config.yaml") from error
        return str(probe.getsockname()[0])


def resolv_conf(text: str) -> str:
    """`text` without name servers that only the node itself can reach; "" where no other is left."""
    lines = []
    servers = 0
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["nameserver"]:
            try:
                if ipaddress.ip_address(words[1].partition("%")[0]).is_loopback:
                    continue
            except (IndexError, ValueError):
                continue
            servers += 1
        lines.append(line)
    return "\n".join(lines) + "\n" if servers else ""


def write_resolv_conf(path: Path, sources: Iterable[Path] = RESOLV_CONFS) -> bool:
    """Give pods the node's name servers, as far as pods can reach them; whether there are any.

    Nobody else is asked in their place: which names a lab looks up is not for a public resolver to know.
    """
    found = (resolv_conf(source.read_text()) for source in sources if source.exists())
    text = next(filter(None, found), "")
    write(path, text)
    return bool(text)


def firewall_rules(config: Config) -> list[list[str]]:
    """The rules, each after its table, that pods need beside kube-proxy's: routed, not bridged, they need few."""
    pods = str(config.cluster_cidr)
    mark = ["-m", "comment", "--comment", "labkube pods"]
    return [
        # Other networks see the node's address.
        ["nat", "POSTROUTING", "-s", pods, "!", "-d", pods, *mark, "-j", "MASQUERADE"],
        # Docker on the same node forbids all forwarding but its own.
        ["filter", "FORWARD", "-s", pods, *mark, "-j", "ACCEPT"],
        ["filter", "FORWARD", "-d", pods, *mark, "-j", "ACCEPT"],
    ]


def prepare_network(config: Config) -> None:
    """Let the node forward pods' packets."""
    forwarding = Path("/proc/sys/net/ipv4/ip_forward")
    if forwarding.read_text().strip() != "1":
        forwarding.write_text("1\n")
    for table, *rule in firewall_rules(config):
        if _iptables(table, "-C", rule).returncode:
            added = _iptables(table, "-A", rule)
            if added.returncode:
                raise NodeError(f"iptables: {added.stderr.strip()}")


def _iptables(table: str, action: str, rule: list[str]) -> subprocess.CompletedProcess[str]:
    argv = ["iptables", "-w", "-t", table, action, *rule]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def check_root() -> None:
    """The server mounts, routes and starts containers."""
    if os.geteuid():
        raise NodeError("k3s server must run as root: sudo systemctl start k3s")
