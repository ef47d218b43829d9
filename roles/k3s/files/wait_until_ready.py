"""Waits until Kubernetes on this node works: the node itself and the add-ons that are named.

Usage: wait_until_ready.py NODE SECONDS ADDON…, where ADDON is such as deployment/coredns or
apiservice/v1beta1.metrics.k8s.io. SECONDS count from the start of the unit k3s, or from now where it has run longer.
Run on the node as root by its own Python, with the standard library alone; changes nothing.
Ends with 0, or with 1 and on standard error what is still missing.

After a restart the API repeats what it knew before, so a condition alone proves nothing. Here the node must have said
that it is ready after the unit started, an add-on needs a ready pod whose containers run in this node's containerd, and
an API that an add-on serves must answer.
"""

import base64
import calendar
import http.client
import json
import os
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

KUBECONFIG = Path("/etc/rancher/k3s/k3s.yaml")
OK = 200
POLL = 0.5
SYSTEM = "namespaces/kube-system"

Object = Mapping[str, Any]


class Api:
    """Asks the API server as the administrator: a kubectl process for each question would cost more than the answer."""

    def __init__(self, kubeconfig: str) -> None:
        """Take the text of k3s' own kubeconfig."""
        server = urlsplit(_field(kubeconfig, "server"))
        context = ssl.create_default_context(cadata=_decoded(kubeconfig, "certificate-authority-data"))
        # The authority is the cluster's own, and not made for what Python calls strict since 3.13.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        # Python reads a key from files alone; this one never comes to a disk.
        with os.fdopen(os.memfd_create("administrator"), "w") as memory:
            memory.write(_decoded(kubeconfig, "client-certificate-data") + _decoded(kubeconfig, "client-key-data"))
            memory.flush()
            context.load_cert_chain(f"/proc/self/fd/{memory.fileno()}")
        self._connection = http.client.HTTPSConnection(str(server.hostname), server.port, timeout=5, context=context)

    def get(self, path: str) -> Any:
        """Give the document at `path`; None where there is none, or no answer."""
        try:
            self._connection.request("GET", path)
            response = self._connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return None
        return json.loads(body) if response.status == OK else None

    def items(self, path: str) -> list[Object]:
        """Give the objects of the list at `path`."""
        return list((self.get(path) or {"items": ()})["items"])


def _field(kubeconfig: str, name: str) -> str:
    found = re.search(rf"^\s*{name}: (\S+)$", kubeconfig, re.MULTILINE)
    if not found:
        sys.exit(f"{KUBECONFIG} has no {name}")
    return found[1]


def _decoded(kubeconfig: str, name: str) -> str:
    return base64.b64decode(_field(kubeconfig, name)).decode()


def started() -> tuple[float, float]:
    """Give when the unit was started, in seconds of the wall clock, and how many seconds ago that was."""
    argv = ["systemctl", "show", "k3s"]
    argv += [f"--property=ExecMainStartTimestamp{suffix}" for suffix in ("", "Monotonic")]
    # systemd has seconds since 1970 as a format of its own only since 251; Ubuntu 22.04 has 249.
    environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    shown = subprocess.run(argv, stdout=subprocess.PIPE, check=True, text=True, env=environment).stdout
    values = dict(line.partition("=")[::2] for line in shown.splitlines())
    age = time.clock_gettime(time.CLOCK_MONOTONIC) - int(values["ExecMainStartTimestampMonotonic"]) / 1e6
    # The clock may have been set since, forward or back: the earlier of both can't refuse what the node said since.
    said = values["ExecMainStartTimestamp"]
    wall = calendar.timegm(time.strptime(said, "%a %Y-%m-%d %H:%M:%S UTC")) if said else 0
    return min(wall, time.time() - age), age


def running() -> set[str]:
    """Give the ids of the containers that run in this node's containerd."""
    argv = ["k3s", "ctr", "--namespace", "k8s.io", "tasks", "ls"]
    # It warns of old control groups; standard error is for what is missing.
    listed = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, text=True).stdout
    return {words[0] for words in map(str.split, listed.splitlines()) if words[-1:] == ["RUNNING"]}


def has(thing: Object, condition: str, *, since: float | None = None) -> bool:
    """Whether a condition of an object is true, and was reported after `since`."""
    for found in thing.get("status", {}).get("conditions") or ():
        if found["type"] == condition:
            return found["status"] == "True" and (since is None or _seconds(found["lastHeartbeatTime"]) > since)
    return False


def _seconds(heartbeat: str) -> int:
    return calendar.timegm(time.strptime(heartbeat, "%Y-%m-%dT%H:%M:%SZ"))


def available(deployment: Object) -> bool:
    """Whether a Deployment works as it is written now, not as it was written before."""
    current = deployment["status"].get("observedGeneration", 0) >= deployment["metadata"]["generation"]
    return current and has(deployment, "Available")


def alive(pod: Object, node: str, tasks: set[str]) -> bool:
    """Whether a pod is ready and, where it is this node's, its containers run."""
    ids = {each.get("containerID", "").rpartition("/")[2] for each in pod["status"].get("containerStatuses", ())}
    return has(pod, "Ready") and (pod["spec"].get("nodeName") != node or ids <= tasks)


def belongs(pod: Object, deployment: Object) -> bool:
    """Whether the Deployment's selector takes the pod."""
    labels = pod["metadata"].get("labels", {})
    return all(labels.get(key) == value for key, value in deployment["spec"]["selector"]["matchLabels"].items())


def missing(api: Api, node: str, since: float, addons: Iterable[str]) -> str:
    """Give the first thing that does not work yet, in a few words; "" where all does."""
    found = api.get(f"/api/v1/nodes/{node}")
    if found is None:
        return f"no answer about the node {node} from the API server"
    if not has(found, "Ready", since=since):
        return f"the node {node} has not said since the start that it is ready"
    wanted = [addon.partition("/")[::2] for addon in addons]
    names = [name for kind, name in wanted if kind == "deployment"]
    deployments = {each["metadata"]["name"]: each for each in api.items(f"/apis/apps/v1/{SYSTEM}/deployments")}
    for name in names:
        if name not in deployments or not available(deployments[name]):
            return f"deployment/{name} is not available"
    for name in (name for kind, name in wanted if kind == "apiservice"):
        version, _, group = name.partition(".")
        if api.get(f"/apis/{group}/{version}") is None:
            return f"the API {group}/{version} does not answer"
    pods = api.items(f"/api/v1/{SYSTEM}/pods") if names else []
    tasks = running() if names else set()
    for name in names:
        if not any(belongs(pod, deployments[name]) and alive(pod, node, tasks) for pod in pods):
            return f"deployment/{name} has no pod that runs and is ready"
    return ""


def main(node: str, seconds: float, addons: list[str]) -> None:
    """Look until all works, at most so long."""
    api = Api(KUBECONFIG.read_text(encoding="utf-8"))
    age = started()[1]
    deadline = time.monotonic() + seconds - (age if 0 <= age < seconds else 0)
    while lack := missing(api, node, started()[0], addons):
        if time.monotonic() > deadline:
            sys.exit(f"not ready within {seconds:.0f} s: {lack}")
        time.sleep(POLL)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])
