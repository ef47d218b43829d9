"""What in a cluster is the lab's, and what is somebody else's and stays as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from crud_lab.errors import LabError
from crud_lab.manifests import identity
from crud_lab.owner import Owner

HOME = Owner("lab", True, "/lab/kubeconfig", "crud_api_namespace")
AWAY = replace(HOME, label="lab.0123456789ab", at_home=False, kubeconfig="/my cluster")
PART_OF = {"app.kubernetes.io/part-of": "crud-lab"}
APPLIED = {"manager": "crud-lab", "operation": "Apply", "fieldsV1": {"f:metadata": {"f:labels": {}}}}
CREATED = {
    "manager": "kubectl-create",
    "operation": "Update",
    "fieldsV1": {"f:metadata": {"f:labels": {".": {}, "f:kubernetes.io/metadata.name": {}}}},
}
LABELLED = {
    "manager": "kubectl-label",
    "operation": "Update",
    "fieldsV1": {"f:metadata": {"f:labels": {"f:pod-security.kubernetes.io/enforce": {}}}},
}


def namespace(labels: dict[str, str] | None = None, *entries: Any) -> dict[str, Any]:
    metadata = {"name": "app", "labels": labels, "managedFields": list(entries)}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def thing(kind: str, labels: dict[str, str] | None = None, where: str = "app") -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": "it", "namespace": where, "labels": labels}}


@pytest.mark.parametrize("owner", [HOME, AWAY])
def test_the_label_says_whose_an_object_is(owner: Owner) -> None:
    assert owner.owns(namespace({"crud-lab": owner.label}))
    assert not owner.owns(namespace({"crud-lab": "other"}, APPLIED))
    assert not owner.owns(namespace(None))
    assert not owner.owns(namespace({}, CREATED))


def test_elsewhere_two_labs_of_one_name_are_two() -> None:
    assert not AWAY.owns(namespace({"crud-lab": "lab.ba9876543210"}))
    assert not HOME.owns(namespace({"crud-lab": AWAY.label}))


def test_at_home_what_an_earlier_version_made_is_the_labs() -> None:
    assert HOME.owns(namespace(PART_OF, APPLIED, LABELLED))
    assert not AWAY.owns(namespace(PART_OF, APPLIED))


def test_what_an_earlier_version_took_over_is_not() -> None:
    assert not HOME.owns(namespace(PART_OF, CREATED, APPLIED))
    assert not HOME.owns(namespace(PART_OF, LABELLED))


def test_what_is_the_labs_is_picked_and_what_is_not_stays() -> None:
    ours, other = thing("Secret", {"crud-lab": "lab"}), thing("ConfigMap")
    found = {identity(one): one for one in (namespace({"crud-lab": "lab"}), ours, other)}
    assert HOME.pick(found, [identity(namespace())]) == {identity(namespace()), identity(ours)}


def test_a_namespace_is_refused_by_name_with_both_ways_on() -> None:
    found = {identity(one): one for one in (namespace(), thing("Secret"))}
    with pytest.raises(LabError) as refused:
        HOME.pick(found, [*found, identity(namespace())])
    assert str(refused.value) == (
        "This lab did not make the namespace app and leaves it as it is: choose another with -e crud_api_namespace=…, "
        "or hand it over with all that is in it: "
        "kubectl --kubeconfig=/lab/kubeconfig label namespace app crud-lab=lab"
    )


def test_another_labs_namespace_is_refused_with_that_labs_name() -> None:
    found = {identity(namespace()): namespace({"crud-lab": "lab.ba9876543210"})}
    with pytest.raises(LabError) as refused:
        AWAY.pick(found, found)
    assert "it belongs to the lab lab.ba9876543210: choose another" in str(refused.value)
    assert str(refused.value).endswith(
        "kubectl '--kubeconfig=/my cluster' label --overwrite namespace app crud-lab=lab.0123456789ab"
    )


def test_single_objects_of_somebody_else_are_all_named() -> None:
    binding = thing("RoleBinding", where="kube-system")
    role = {"kind": "ClusterRole", "metadata": {"name": "it"}}
    found = {identity(one): one for one in (namespace({"crud-lab": "lab"}), binding, role)}
    with pytest.raises(LabError) as refused:
        HOME.pick(found, list(found))
    assert str(refused.value).splitlines() == [
        "This lab did not make rolebinding/it in the namespace kube-system and leaves it as it is: remove it, or hand "
        "it over: kubectl --kubeconfig=/lab/kubeconfig --namespace=kube-system label rolebinding it crud-lab=lab",
        "This lab did not make clusterrole/it and leaves it as it is: remove it, or hand it over: "
        "kubectl --kubeconfig=/lab/kubeconfig label clusterrole it crud-lab=lab",
    ]
