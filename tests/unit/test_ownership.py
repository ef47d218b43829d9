"""Taking over what others have set in an object."""

from __future__ import annotations

from typing import Any

import pytest
from crud_lab.ownership import taken_over

CONTAINER = 'k:{"name":"crud-api"}'
Fields = dict[str, Any]


def of_container(fields: Fields) -> Fields:
    return {"f:spec": {"f:template": {"f:spec": {"f:containers": {CONTAINER: fields}}}}}


OURS = of_container({"f:image": {}})
VARIABLE = of_container({"f:env": {}})
RESTART: Fields = {"f:spec": {"f:template": {"f:metadata": {"f:annotations": {"f:restartedAt": {}}}}}}


def entry(manager: str, fields: Fields, operation: str = "Update", **more: str) -> dict[str, Any]:
    return {"manager": manager, "operation": operation, "apiVersion": "apps/v1", "fieldsV1": fields, **more}


def test_nothing_is_taken_where_the_lab_alone_has_set_something() -> None:
    assert taken_over([entry("crud-lab", OURS, "Apply")]) is None
    assert taken_over([]) is None


def test_a_variable_added_by_hand_becomes_the_labs() -> None:
    after = taken_over([entry("crud-lab", OURS, "Apply"), entry("kubectl-set", VARIABLE)])
    assert after is not None
    assert [one["manager"] for one in after] == ["crud-lab"]
    assert after[0]["fieldsV1"] == of_container({"f:image": {}, "f:env": {}})


def test_labels_of_others_stay_theirs() -> None:
    labels: Fields = {"f:metadata": {"f:labels": {"f:team": {}}}}
    after = taken_over([entry("crud-lab", OURS, "Apply"), entry("kubectl-edit", {**labels, **VARIABLE})])
    assert after is not None
    assert [(one["manager"], one["fieldsV1"]) for one in after[1:]] == [("kubectl-edit", labels)]


def test_an_object_that_the_lab_never_applied_becomes_its_own() -> None:
    after = taken_over([entry("kubectl-create", OURS)])
    assert after is not None
    assert [(one["manager"], one["operation"], one["fieldsV1"]) for one in after] == [("crud-lab", "Apply", OURS)]


@pytest.mark.parametrize(
    "other",
    [
        entry("kube-controller-manager", VARIABLE),
        entry("kubectl", {"f:spec": {"f:replicas": {}}}, subresource="scale"),
        entry("anything", {"f:status": {"f:replicas": {}}}, subresource="status"),
        entry("kubectl-rollout", RESTART),
        entry("kubectl-label", {"f:metadata": {"f:labels": {"f:team": {}}}}),
    ],
    ids=["controller", "autoscaler", "status", "restart", "label"],
)
def test_what_others_may_set_is_left_to_them(other: dict[str, Any]) -> None:
    assert taken_over([entry("crud-lab", OURS, "Apply"), other]) is None
