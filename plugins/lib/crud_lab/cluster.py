"""Bring objects of a cluster to what their definitions say, or away, with the modules of kubernetes.core."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from crud_lab import leftovers, ownership
from crud_lab.errors import LabError
from crud_lab.manifests import Definition, reference
from crud_lab.outcome import Outcome

Modules = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
# The reason of HTTP's 422.
INVALID = "Unprocessable Entity"
# What holds data goes with its namespace or by hand, but not because a setting changed.
KEPT = "PersistentVolumeClaim"
# A namespace that holds nothing unusual is gone by then.
SOON = 10


class Cluster:
    """One cluster, changed through a function that runs a module of kubernetes.core by its name."""

    def __init__(self, modules: Modules, *, dry_run: bool) -> None:
        """Take the function; a dry run asks the API server what would change."""
        self._modules = modules
        self._dry_run = dry_run

    def apply(self, definitions: Sequence[Definition], remedy: str = "") -> list[Outcome]:
        """Create the objects or set right what is managed in them, and what others added to it."""
        first = self._server_side_apply(definitions)
        # A dry run stops before the second step, which shows only once the first is done.
        touched = [] if self._dry_run else [one for one in _pairs(definitions, first) if self._take_over(*one)]
        again = self._server_side_apply([definition for definition, _ in touched])
        mended = {str(outcome) for outcome in again}
        self._require_success([*(one for one in first if str(one) not in mended), *again], definitions, remedy)
        return [*first, *again]

    def retire(self, definitions: Sequence[Definition]) -> list[Outcome]:
        """Delete objects that are not needed any more, but none that holds data."""
        outcomes = self._delete([one for one in definitions if one["kind"] != KEPT])
        self._require_success(outcomes, definitions)
        return outcomes

    def remove(self, definitions: Sequence[Definition], seconds: int) -> list[Outcome]:
        """Delete the objects; those in a namespace that goes anyway go with it."""
        leaving = {one["metadata"]["name"] for one in definitions if one["kind"] == "Namespace"}
        own = [one for one in definitions if one["metadata"].get("namespace") not in leaving]
        outcomes = self._delete(own)
        if self._dry_run or not any(one.changed for one in outcomes):
            return outcomes
        for namespace in leaving:
            self._end_pods(namespace)
        if any(one.error for one in self._delete(own, SOON)):
            for namespace in leaving:
                self._release(namespace)
            self._require_success(self._delete(own, seconds), own)
        return outcomes

    def _server_side_apply(self, definitions: Sequence[Definition]) -> list[Outcome]:
        how = {"field_manager": ownership.MANAGER, "force_conflicts": True}
        return self._each(definitions, {"apply": True, "server_side_apply": how})

    def _delete(self, definitions: Sequence[Definition], seconds: int = 0) -> list[Outcome]:
        wait = {"wait": True, "wait_sleep": 1, "wait_timeout": seconds} if seconds else {}
        return self._each([reference(one) for one in definitions], {"state": "absent", **wait})

    def _each(self, definitions: Sequence[Definition], arguments: Mapping[str, Any]) -> list[Outcome]:
        if not definitions:
            return []
        # One refused object is no reason to leave the others wrong, and all refusals are told at once.
        result = self._modules("k8s", {"definition": list(definitions), "continue_on_error": True, **arguments})
        items = [result] if len(definitions) == 1 else result["result"]["results"]
        return [Outcome.of(definition, item) for definition, item in zip(definitions, items, strict=True)]

    def _take_over(self, definition: Definition, outcome: Outcome) -> bool:
        """Make the lab the owner of what others set; whether there was any."""
        if outcome.kind not in ownership.KINDS or (outcome.error and outcome.refused_as != INVALID):
            return False
        this = {"api_version": definition["apiVersion"], "kind": outcome.kind, "name": outcome.name}
        this["namespace"] = definition["metadata"]["namespace"]
        # What others set may contradict what is applied (a variable's value, its reference), which is refused.
        found = self._modules("k8s_info", this)["resources"] if outcome.error else [outcome.instance]
        entries = ownership.taken_over(found[0]["metadata"].get("managedFields", [])) if found else None
        if entries is None:
            return False
        patch = [{"op": "replace", "path": "/metadata/managedFields", "value": entries}]
        self._modules("k8s_json_patch", {**this, "patch": patch})
        return True

    def _end_pods(self, namespace: str) -> None:
        """End the pods of a namespace that was deleted, which nothing can replace there any more.

        Kubernetes looks at such a namespace after five seconds; pods that it finds then cost half their time to end.
        """
        what = {"kind": "Pod", "namespace": namespace, "delete_all": True}
        self._modules("k8s", {**what, "state": "absent", "delete_options": {"gracePeriodSeconds": 1}})

    def _release(self, namespace: str) -> None:
        """Remove foreign finalizers from what is left in a namespace that was deleted."""
        for found in self._modules("k8s_info", {"kind": "Namespace", "name": namespace})["resources"]:
            for kind, version in leftovers.resources(found):
                what = {"kind": kind, "api_version": version, "namespace": namespace}
                for instance in self._modules("k8s_info", what)["resources"]:
                    if patch := leftovers.patch(instance):
                        name = instance["metadata"]["name"]
                        self._modules("k8s_json_patch", {**what, "name": name, "patch": patch})

    def _require_success(
        self, outcomes: Sequence[Outcome], definitions: Sequence[Definition], remedy: str = ""
    ) -> None:
        # The namespace that a dry run misses is one that the real run creates before.
        missed = {
            f'namespaces "{one["metadata"]["name"]}" not found' for one in definitions if one["kind"] == "Namespace"
        }
        forgiven = missed if self._dry_run else set()
        refused = [
            f"The cluster refuses {one}: {one.error}" for one in outcomes if one.error and one.error not in forgiven
        ]
        if refused:
            raise LabError("\n".join([*refused, remedy]).strip())


def _pairs(definitions: Sequence[Definition], outcomes: Sequence[Outcome]) -> list[tuple[Definition, Outcome]]:
    return list(zip(definitions, outcomes, strict=True))
