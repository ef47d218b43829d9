"""Alerts fire for real, soon enough, and end by themselves: what happens to pods and targets."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from crud_lab.prometheus import Prometheus
from crud_lab.verification.cluster import Cluster, find_kubectl
from crud_lab.verification.metrics import Patience
from e2e.playbook import ROOT, Lab

SECONDS = {"s": 1, "m": 60}
# Until what happened is scraped and evaluated: an interval each, and some for a busy machine.
SEEN = 20
# The longest look back, five minutes, and the time to become ready again.
OVER = 420


@dataclass(frozen=True)
class Site:
    """A lab as kubectl and its Prometheus see it."""

    kubectl_command: list[str]
    prometheus: Prometheus

    @classmethod
    def of(cls, lab: Lab) -> Site:
        """Look a finished lab up."""
        bundle = json.loads((lab.state_dir / "lab.json").read_text())["bundle"]["dir"]
        cluster = Cluster(find_kubectl(Path(bundle)), lab.state_dir / "kubeconfig")
        return cls(cluster.command, Prometheus(cluster, "monitoring"))

    def kubectl(self, *words: str) -> str:
        """Run kubectl and give its output."""
        command = [*self.kubectl_command, *words]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout

    def fires(self, alert: str) -> bool:
        """Whether an alert fires now."""
        alerts = self.prometheus.get("alerts")["alerts"]
        return any(one["state"] == "firing" and one["labels"]["alertname"] == alert for one in alerts)


def end_the_app(site: Site) -> None:
    site.kubectl("-n", "crud-api", "exec", "deployment/crud-api", "--", "python3", "-c", "import os; os.kill(1, 15)")


def leave_no_room_for_the_app(site: Site) -> None:
    site.kubectl("cordon", "--selector=kubernetes.io/os=linux")
    site.kubectl("-n", "crud-api", "delete", "pod", "--selector=app.kubernetes.io/name=crud-api")


def make_room(site: Site) -> None:
    site.kubectl("uncordon", "--selector=kubernetes.io/os=linux")


def stop_kube_state_metrics(site: Site) -> None:
    site.kubectl("-n", "monitoring", "scale", "deployment/kube-state-metrics", "--replicas=0")


def start_kube_state_metrics(site: Site) -> None:
    site.kubectl("-n", "monitoring", "scale", "deployment/kube-state-metrics", "--replicas=1")


def eat_memory(site: Site) -> None:
    """Late enough that the container was seen before."""
    image = site.kubectl("-n", "crud-api", "get", "deployment/crud-api", "-o", "jsonpath={..image}").split()[0]
    container = {
        "name": "eater",
        "image": image,
        "command": ["python3", "-c", "import time; time.sleep(30); bytearray(2**28)"],
        "resources": {"limits": {"memory": "32Mi"}},
    }
    spec = json.dumps({"spec": {"containers": [container]}})
    site.kubectl("-n", "default", "run", "eater", f"--image={image}", f"--overrides={spec}")


def stop_eating(site: Site) -> None:
    site.kubectl("-n", "default", "delete", "pod", "eater", "--wait=true", "--grace-period=1")


def nothing(site: Site) -> None:
    del site


CASES = [
    ("ContainerRestarted", end_the_app, nothing, 0),
    ("ReplicasAreMissing", leave_no_room_for_the_app, make_room, 0),
    ("CrudApiHasNoTarget", leave_no_room_for_the_app, make_room, 0),
    ("TargetIsDown", stop_kube_state_metrics, start_kube_state_metrics, 0),
    ("ContainerRanOutOfMemory", eat_memory, stop_eating, 35),
]


@pytest.fixture(scope="module")
def site(lab: Lab) -> Iterator[Site]:
    """A finished lab that nobody alerts about."""
    lab.run("site.yml").require()
    yield Site.of(lab)
    lab.run("site.yml").require()


@pytest.mark.parametrize(("alert", "cause", "undo", "comes"), CASES, ids=[case[0] for case in CASES])
def test_an_alert_fires_and_ends(
    site: Site, alert: str, cause: Callable[[Site], None], undo: Callable[[Site], None], comes: float
) -> None:
    assert Patience(OVER).until(lambda: not site.fires(alert)), "it fired before"
    started = time.monotonic()
    try:
        cause(site)
        assert Patience(comes + 2 * waits(alert) + SEEN).until(lambda: site.fires(alert))
        print(f"{alert} fired after {time.monotonic() - started:.0f} s")
    finally:
        undo(site)
    assert Patience(OVER).until(lambda: not site.fires(alert)), "it does not end"


def waits(alert: str) -> int:
    """How long the alert waits before it fires."""
    groups = yaml.safe_load((ROOT / "roles/prometheus/files/rules/alerts.yml").read_text())["groups"]
    time_of = {rule["alert"]: rule.get("for", "0s") for group in groups for rule in group["rules"]}[alert]
    return int(time_of[:-1]) * SECONDS[time_of[-1]]
