"""What goes wrong in a lab on purpose, the alerts that tell of it, and its end."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from crud_lab.verification.metrics import Patience
from e2e import pods
from e2e.clients import Clients
from e2e.playbook import Lab

from soak.monitoring import total
from soak.small_node import on_node

MIB = 2**20
# Of the node's memory and of one of its disks. Nearer to 1 the kubelet would evict pods.
FULL = 0.93
# Clients that wait must leave few errors, or it takes long until the windows of hours hold good requests again.
SLOW_MILLISECONDS = 1000
LONGEST_WAIT = 120
NODES = "--selector=kubernetes.io/os=linux"


@dataclass(frozen=True)
class Trouble:
    """Something that goes wrong as long as its context lasts."""

    happens: Callable[[Lab], AbstractContextManager[None]]
    alerts: tuple[str, ...]


def order_faults(lab: Lab, **faults: float) -> None:
    """Order faults of the pod that answers, in the place of those before."""
    headers = {"X-Key": (lab.state_dir / "x-key").read_text().strip(), "Content-Type": "application/json"}
    data = json.dumps({"seconds": 3600} | faults).encode()
    request = urllib.request.Request(f"{lab.url}/faults", data, headers, method="PUT")  # noqa: S310 - always http://127.0.0.1
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - as above
        pass


@contextmanager
def an_autoscaler_without_choice(lab: Lab) -> Iterator[None]:
    """Let the autoscaler have one pod and no more, which is also the one that faults are ordered of."""
    limit_autoscaler(lab, 1, 1)
    until(lambda: pods.wanted(lab) == 1)
    pods.settle(lab)
    yield
    limit_autoscaler(lab, 2, 5)


def limit_autoscaler(lab: Lab, least: int, most: int) -> None:
    """Change how many pods the autoscaler may want."""
    limits = json.dumps({"spec": {"minReplicas": least, "maxReplicas": most}})
    pods.kubectl(lab, "patch", "horizontalpodautoscaler/crud-api", "--patch", limits)


@contextmanager
def a_full_node(lab: Lab) -> Iterator[None]:
    """Write into a file system in the node's memory until that is full, and make it as small as that."""
    room = int(FULL * total(lab, "machine_memory_bytes") - total(lab, "node_memory_working_set_bytes"))
    on_node(lab, f"fallocate --length {room} /run/full && mount --options remount,size={int(room / FULL)} /run")
    yield
    on_node(lab, "rm /run/full && mount --options remount,size=50% /run")


@contextmanager
def a_target_that_does_not_answer(lab: Lab) -> Iterator[None]:
    """Start a pod that asks to be scraped and does not listen."""
    image = pods.kubectl(lab, "get", "deployment/crud-api", "--output", "jsonpath={..image}").split()[0]
    container = {
        "name": "deaf",
        "image": image,
        "command": ["python3", "-c", "import time; time.sleep(3600)"],
        "ports": [{"name": "metrics", "containerPort": 9102}],
    }
    spec = json.dumps({"spec": {"containers": [container]}})
    about = ("--labels=app.kubernetes.io/name=deaf", "--annotations=prometheus.io/scrape=true")
    pods.kubectl(lab, "run", "deaf", f"--image={image}", *about, f"--overrides={spec}", namespace="default")
    yield
    pods.kubectl(lab, "delete", "pod/deaf", "--grace-period=1", namespace="default")


@contextmanager
def an_app_that_fails_slowly(lab: Lab) -> Iterator[None]:
    """Let every request wait and fail."""
    order_faults(lab, error_rate=1, latency_milliseconds=SLOW_MILLISECONDS)
    with Clients(lab, of_each_kind=1):
        yield
    order_faults(lab)


@contextmanager
def an_app_that_grows(lab: Lab) -> Iterator[None]:
    """Let the app take memory until the kernel ends it."""
    order_faults(lab, memory_bytes_per_second=128 * MIB)
    yield
    pods.settle(lab)


@contextmanager
def a_node_without_room(lab: Lab) -> Iterator[None]:
    """Delete the pods of app and Redis while the node takes no new ones."""
    pods.kubectl(lab, "cordon", NODES)
    pods.kubectl(lab, "delete", "pods", "--all", "--wait=false")
    yield
    pods.kubectl(lab, "uncordon", NODES)
    pods.settle(lab)


def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition."""
    assert Patience(LONGEST_WAIT).until(condition), f"it is not so after {LONGEST_WAIT} s"


# What goes wrong at the same time; the next when the one before is over.
ROUNDS = (
    (
        Trouble(an_autoscaler_without_choice, ("AutoscalerIsAtItsLimit",)),
        Trouble(a_full_node, ("NodeDiskIsFull", "NodeMemoryIsFull")),
        Trouble(a_target_that_does_not_answer, ("TargetIsDown",)),
        Trouble(
            an_app_that_fails_slowly,
            ("CrudApiErrorBudgetBurnsFast", "CrudApiErrorBudgetBurnsSlowly", "CrudApiFails", "CrudApiIsSlow"),
        ),
    ),
    (Trouble(an_app_that_grows, ("ContainerRestarted", "ContainerRanOutOfMemory")),),
    (Trouble(a_node_without_room, ("CrudApiHasNoTarget", "ReplicasAreMissing")),),
)
