"""Why a Deployment is not rolled out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from crud_lab import rollout


def deployment(wanted: int = 1, generation: int = 1, **status: int) -> dict[str, Any]:
    whole = {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}
    return {"metadata": {"generation": generation}, "spec": {"replicas": wanted}, "status": {**whole, **status}}


def pod(name: str = "crud-api-1", created: str = "2026-01-01T00:00:00Z", **status: Any) -> dict[str, Any]:
    container = {"name": "crud-api", "image": "crud-api:1"}
    metadata = {"name": name, "creationTimestamp": created}
    return {"metadata": metadata, "spec": {"containers": [container]}, "status": {"phase": "Pending", **status}}


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return {"containerStatuses": [{"state": {"waiting": {"reason": reason, "message": message}}}]}


UNSCHEDULABLE: dict[str, Any] = {"conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]}
FORBIDDEN = {"reason": "FailedCreate", "message": "exceeded quota", "type": "Warning", "involvedObject": {"name": "rs"}}


def test_a_deployment_is_finished_when_all_its_pods_are_new_and_available() -> None:
    assert rollout.is_finished(deployment())


@pytest.mark.parametrize(
    "unfinished",
    [
        deployment(generation=2),
        deployment(wanted=2),
        deployment(updatedReplicas=0),
        deployment(availableReplicas=0),
        deployment(replicas=2),
        {"metadata": {"generation": 1}, "spec": {"replicas": 1}},
    ],
    ids=["unseen", "scaled", "old pod", "unavailable", "old pod still there", "new"],
)
def test_it_is_not_finished_before(unfinished: dict[str, Any]) -> None:
    assert not rollout.is_finished(unfinished)


def test_a_deployment_scaled_to_none_is_finished() -> None:
    assert rollout.is_finished(
        {"metadata": {"generation": 1}, "spec": {"replicas": 0}, "status": {"observedGeneration": 1}}
    )


@pytest.mark.parametrize(
    ("pods", "events", "sentence"),
    [
        ([pod(**waiting("ImagePullBackOff"))], [], "The image crud-api:1 is not on the node: .* --tags image,app"),
        ([pod(**waiting("CrashLoopBackOff"))], [], "ends at its start"),
        ([pod(**waiting("CreateContainerConfigError"))], [], "ConfigMap or Secret .* is missing"),
        ([pod(**UNSCHEDULABLE)], [], "No node has room"),
        ([pod(phase="Running")], [], "not ready"),
        ([], [FORBIDDEN], r"Nothing may be created \(exceeded quota\)"),
        ([], [], "Run the stage again"),
    ],
)
def test_each_reason_has_its_fix(pods: list[dict[str, Any]], events: list[dict[str, Any]], sentence: str) -> None:
    assert re.search(sentence, rollout.fix(pods, events, image_tag="image,app"))


def test_the_newest_pod_is_the_one_to_look_at() -> None:
    old, new = pod("old"), pod("new", created="2026-01-02T00:00:00Z")
    assert rollout.newest([new, old]) is new
    assert rollout.newest([]) is None


def test_the_report_shows_pods_warnings_and_log() -> None:
    warning = {"type": "Warning", "message": "Back-off", "involvedObject": {"name": "crud-api-1"}}
    normal = {"type": "Normal", "message": "Scheduled", "involvedObject": {"name": "crud-api-1"}}
    text = rollout.report([pod(**waiting("ErrImagePull", "not found"))], [normal, warning], "first\nlast\n")
    assert text.splitlines() == [
        "Pods:",
        "  crud-api-1  ErrImagePull: not found",
        "Warnings:",
        "  crud-api-1: Back-off",
        "End of the log:",
        "  first",
        "  last",
    ]


def test_events_of_others_are_left_out() -> None:
    names = ["crud-api", "crud-api-5d9-x2", "prometheus-1", "crud-apis"]
    events = [{"involvedObject": {"name": name}} for name in names]
    assert [rollout.concerns(event, "crud-api") for event in events] == [True, True, False, False]
