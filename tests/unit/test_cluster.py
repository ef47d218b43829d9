"""Applying and removing objects, against a cluster that is made up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from crud_lab import leftovers
from crud_lab.cluster import Cluster
from crud_lab.errors import LabError

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "app"}}
SETTINGS = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "app", "namespace": "app"}}
CLAIM = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": "app"}}
KEY = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "key", "namespace": "app"}}
REFUSED = {"msg": 'Failed to apply object: {"message":"it is wrong","code":422}', "reason": "Unprocessable Entity"}
NO_NAMESPACE = {"msg": 'Failed to apply object: {"message":"namespaces \\"app\\" not found"}', "reason": "Not Found"}
FOREIGN = [{"manager": "kubectl-edit", "operation": "Update", "apiVersion": "v1", "fieldsV1": {"f:data": {"f:b": {}}}}]


class Modules:
    """Answers each call of a module with what was prepared for it."""

    def __init__(self, **answers: list[Mapping[str, Any]]) -> None:
        self.answers = answers
        self.calls: list[tuple[str, Mapping[str, Any]]] = []

    def __call__(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        self.calls.append((name, arguments))
        return self.answers[name].pop(0)

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]


def results(*items: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"result": {"results": list(items)}}


def test_all_objects_are_applied_at_once_in_the_labs_name() -> None:
    modules = Modules(k8s=[results({"changed": True}, {"changed": False, "result": {"metadata": {}}})])
    outcomes = Cluster(modules, dry_run=False).apply([NAMESPACE, SETTINGS])
    assert [(str(one), one.changed) for one in outcomes] == [("namespace/app", True), ("configmap/app", False)]
    assert modules.names() == ["k8s"]
    assert modules.calls[0][1]["server_side_apply"] == {"field_manager": "crud-lab", "force_conflicts": True}


def test_a_single_result_is_understood_too() -> None:
    modules = Modules(k8s=[{"changed": True, "result": {"metadata": {}}}])
    assert [one.changed for one in Cluster(modules, dry_run=False).apply([NAMESPACE])] == [True]


def test_what_others_added_is_taken_over_and_applied_again() -> None:
    instance = {"metadata": {"managedFields": FOREIGN}}
    modules = Modules(k8s=[{"result": instance}, {"changed": True, "result": {}}], k8s_json_patch=[{}])
    outcomes = Cluster(modules, dry_run=False).apply([SETTINGS])
    assert modules.names() == ["k8s", "k8s_json_patch", "k8s"]
    assert modules.calls[1][1]["patch"][0]["value"][0]["manager"] == "crud-lab"
    assert [one.changed for one in outcomes] == [False, True]


def test_what_contradicts_the_apply_is_taken_over_too() -> None:
    modules = Modules(
        k8s=[{"error": REFUSED}, {"changed": True}],
        k8s_info=[{"resources": [{"metadata": {"managedFields": FOREIGN}}]}],
        k8s_json_patch=[{}],
    )
    Cluster(modules, dry_run=False).apply([SETTINGS])
    assert modules.names() == ["k8s", "k8s_info", "k8s_json_patch", "k8s"]


def test_what_is_not_needed_goes_and_its_data_stays() -> None:
    modules = Modules(k8s=[results({"changed": True}, {"changed": False})])
    outcomes = Cluster(modules, dry_run=False).retire([CLAIM, SETTINGS, KEY])
    assert [str(one) for one in outcomes if one.changed] == ["configmap/app"]
    assert modules.calls[0][1]["state"] == "absent"
    assert CLAIM["kind"] not in [one["kind"] for one in modules.calls[0][1]["definition"]]


def test_where_all_is_needed_the_cluster_is_not_asked() -> None:
    modules = Modules()
    assert Cluster(modules, dry_run=False).retire([CLAIM]) == []
    assert modules.names() == []


def test_a_refusal_is_told_in_the_clusters_own_words() -> None:
    modules = Modules(k8s=[{"error": REFUSED}], k8s_info=[{"resources": []}])
    with pytest.raises(LabError, match=r"^The cluster refuses configmap/app: it is wrong\nBegin anew$"):
        Cluster(modules, dry_run=False).apply([SETTINGS], remedy="Begin anew")


def test_a_dry_run_forgives_the_namespace_that_the_real_run_makes() -> None:
    answers = [results({"changed": True}, {"error": NO_NAMESPACE}), {"error": NO_NAMESPACE}]
    cluster = Cluster(Modules(k8s=answers), dry_run=True)
    assert [one.changed for one in cluster.apply([NAMESPACE, SETTINGS])] == [True, False]
    with pytest.raises(LabError, match='namespaces "app" not found'):
        cluster.apply([SETTINGS])


def test_a_difference_hides_secrets_and_bookkeeping() -> None:
    side = {"metadata": {"resourceVersion": "1", "managedFields": []}, "data": {"key": "c2Vj"}}
    items = [{"changed": True, "diff": {"before": side, "after": side}, "result": {"metadata": {}}}] * 2
    secret, settings = Cluster(Modules(k8s=[results(*items)]), dry_run=False).apply([KEY, SETTINGS])
    assert "c2Vj" not in str(secret.diffs())
    assert settings.diffs()[0]["after"] == {"data": {"key": "c2Vj"}}


def test_objects_go_with_their_namespace() -> None:
    modules = Modules(k8s=[{"changed": True}, {}, {}])
    outcomes = Cluster(modules, dry_run=False).remove([NAMESPACE, SETTINGS], seconds=60)
    assert [str(one) for one in outcomes] == ["namespace/app"]
    delete, pods, wait = (arguments for _, arguments in modules.calls)
    assert [one["kind"] for one in delete["definition"]] == ["Namespace"]
    assert (pods["kind"], pods["namespace"], pods["delete_options"]) == ("Pod", "app", {"gracePeriodSeconds": 1})
    assert wait["wait"]


@pytest.mark.parametrize(("dry_run", "found"), [(True, True), (False, False)])
def test_where_nothing_goes_there_is_nothing_to_wait_for(dry_run: bool, found: bool) -> None:
    modules = Modules(k8s=[{"changed": found}])
    outcomes = Cluster(modules, dry_run=dry_run).remove([NAMESPACE], seconds=60)
    assert [one.changed for one in outcomes] == [found]


def test_a_namespace_that_is_held_is_released() -> None:
    message = (
        "Some resources are remaining: configmaps. has 1 resource instances, deployments.apps has 1 resource instances"
    )
    condition = {"type": "NamespaceContentRemaining", "status": "True", "message": message}
    held = {"metadata": {"name": "held", "finalizers": ["example.org/never", "kubernetes.io/pvc-protection"]}}
    modules = Modules(
        k8s=[{"changed": True}, {}, {"error": {"msg": "Timed out waiting on resource"}}, {}],
        k8s_info=[
            {"resources": [{"status": {"conditions": [condition]}}]},
            {"resources": [held]},
            {"resources": [{"metadata": {"name": "free"}}]},
        ],
        k8s_json_patch=[{}],
    )
    Cluster(modules, dry_run=False).remove([NAMESPACE], seconds=60)
    asked = [
        (arguments["kind"], arguments.get("api_version")) for name, arguments in modules.calls if name == "k8s_info"
    ]
    assert asked == [("Namespace", None), ("configmaps", "v1"), ("deployments", "apps/v1")]
    patches = [arguments["patch"] for name, arguments in modules.calls if name == "k8s_json_patch"]
    assert patches == [[{"op": "replace", "path": "/metadata/finalizers", "value": ["kubernetes.io/pvc-protection"]}]]


@pytest.mark.parametrize(
    "finalizer", ["foregroundDeletion", "orphan", "kubernetes.io/pv-protection", "batch.kubernetes.io/job-tracking"]
)
def test_kubernetes_keeps_its_own_finalizers(finalizer: str) -> None:
    assert leftovers.patch({"metadata": {"finalizers": [finalizer]}}) == []
