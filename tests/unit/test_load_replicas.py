"""The app's pods under load: which are ready, how few there may be, and the end of one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from crud_lab.errors import LabError
from crud_lab.load.replicas import Replicas
from crud_lab.verification.site import Site

SERVICE = {"spec": {"selector": {"app": "crud-api", "tier": "web"}}}
SCALER = "/apis/autoscaling/v2/namespaces/crud-api/horizontalpodautoscalers/crud-api"


def pod(name: str, ready: str = "True", **metadata: str) -> dict[str, Any]:
    return {"metadata": {"name": name, **metadata}, "status": {"conditions": [{"type": "Ready", "status": ready}]}}


class Answers:
    """A cluster with three pods, one of which is ready and stays, and a kubectl that does what it is told to."""

    def __init__(self, *command: str, scaler: Any = None) -> None:
        self.command = list(command)
        self.scaler = scaler
        self.asked: list[str] = []

    def get(self, path: str) -> Any:
        return self.scaler if path == SCALER else SERVICE

    def items(self, path: str) -> list[dict[str, Any]]:
        self.asked.append(path)
        return [pod("a"), pod("b", "False"), pod("c", deletionTimestamp="now")]


def replicas(cluster: Answers) -> Replicas:
    return Replicas(Site("lab", Path("/state"), {}), cluster)  # type: ignore[arg-type] # a stand-in


def test_pods_that_are_not_ready_or_about_to_end_do_not_count() -> None:
    cluster = Answers()
    assert replicas(cluster).ready() == {"a"}
    assert cluster.asked == ["/api/v1/namespaces/crud-api/pods?labelSelector=app=crud-api,tier=web"]


@pytest.mark.parametrize(
    ("scaler", "least"), [(None, None), ({"spec": {"minReplicas": 2}}, 2), ({"spec": {}}, 1)], ids=str
)
def test_the_autoscaler_says_how_few_there_may_be(scaler: Any, least: int | None) -> None:
    assert replicas(Answers(scaler=scaler)).least() == least


def test_a_killed_pod_gets_no_time(tmp_path: Path) -> None:
    told = tmp_path / "told"
    keep = f"import sys, pathlib; pathlib.Path({str(told)!r}).write_text(' '.join(sys.argv[1:]))"
    replicas(Answers(sys.executable, "-c", keep)).kill("a")
    assert told.read_text() == "--namespace crud-api delete pod a --grace-period=0 --force --wait=false"


def test_a_kill_that_is_refused_is_told() -> None:
    with pytest.raises(LabError, match=r"Pod a can't be killed \(no\): may this kubeconfig"):
        replicas(Answers(sys.executable, "-c", "import sys; sys.exit('no')")).kill("a")
