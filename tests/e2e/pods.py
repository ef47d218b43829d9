"""What happens to the app's pods in a cluster's life: updates, scaling, deletions, kills."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable

from crud_lab.verification.cluster import find_kubectl

from e2e.playbook import BUNDLE, Lab, docker

LONGEST_WAIT = 180
APP = ("--selector", "app.kubernetes.io/name=crud-api")


def roll(lab: Lab) -> None:
    """Replace every pod, as an update does."""
    kubectl(lab, "rollout", "restart", "deployment/crud-api")
    settle(lab)


def scale(lab: Lab) -> None:
    """Let the autoscaler ask for more pods, then for fewer, then for as many as it finds right."""
    for least, most in ((4, 5), (2, 2), (2, 5)):
        limit(lab, least, most)


def limit(lab: Lab, least: int, most: int) -> None:
    """Let the autoscaler have so many pods, and wait for them."""
    limits = json.dumps({"spec": {"minReplicas": least, "maxReplicas": most}})
    kubectl(lab, "patch", "horizontalpodautoscaler/crud-api", "--patch", limits)
    _wait_for_pods(lab, range(least, most + 1))
    settle(lab)


def delete(lab: Lab) -> None:
    """Delete the pods, one after the other."""
    for pod in pods(lab):
        kubectl(lab, "delete", pod, "--ignore-not-found")
        settle(lab)


def kill(lab: Lab, pod: str) -> tuple[float, float]:
    """End a pod's program by SIGKILL, as the kernel does where memory is short; return from when to when that was."""
    before = restarts(lab, pod)
    container = "jsonpath={.status.containerStatuses[0].containerID}"
    name = kubectl(lab, "get", pod, "--output", container).rpartition("/")[2]
    processes = f"grep --files-with-matches {name} /proc/[0-9]*/cgroup | cut --delimiter=/ --fields=3"
    began = time.monotonic()
    # Until the last of them is gone, connections are still taken.
    waited = "kill -9 $all; for one in $all; do while kill -0 $one 2>/dev/null; do :; done; done"
    docker("exec", lab.name, "sh", "-c", f"all=$({processes}); {waited}")
    ended = time.monotonic()
    # The longer, the more often it was killed; the autoscaler may even take it away meanwhile.
    _wait_until(lambda: restarts(lab, pod) != before)
    settle(lab)
    return began, ended


def settle(lab: Lab) -> None:
    """Wait until there are as many pods as are wanted, all of them ready."""
    kubectl(lab, "rollout", "status", "deployment/crud-api", f"--timeout={LONGEST_WAIT}s")
    _wait_until(lambda: len(pods(lab)) == wanted(lab))


def pods(lab: Lab) -> list[str]:
    """Return the pods, those included that are about to end."""
    return kubectl(lab, "get", "pods", *APP, "--output", "name").split()


def restarts(lab: Lab, pod: str) -> str:
    """Return how often a pod's container was started again, nothing for a pod that is gone."""
    count = "jsonpath={.status.containerStatuses[0].restartCount}"
    return kubectl(lab, "get", pod, "--ignore-not-found", "--output", count)


def wanted(lab: Lab) -> int:
    """Return how many pods the Deployment wants now."""
    return int(kubectl(lab, "get", "deployment/crud-api", "--output", "jsonpath={.spec.replicas}"))


def _wait_for_pods(lab: Lab, number: range) -> None:
    _wait_until(lambda: wanted(lab) in number)


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_WAIT
    while not condition():
        assert time.monotonic() < deadline, f"it is not so after {LONGEST_WAIT} s"
        time.sleep(1)


def kubectl(lab: Lab, *words: str, namespace: str = "crud-api") -> str:
    """Run kubectl in a namespace, the app's where none is named."""
    own = [f"--kubeconfig={lab.state_dir / 'kubeconfig'}", f"--cache-dir={lab.state_dir / 'kube-cache'}"]
    command = [find_kubectl(BUNDLE), *own, f"--namespace={namespace}", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=2 * LONGEST_WAIT)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
    return done.stdout
