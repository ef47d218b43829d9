"""Whose is an object of a cluster: this lab's, or somebody else's, who then keeps it as it is?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crud_lab import ownership
from crud_lab.errors import LabError
from crud_lab.manifests import Identity

Instance = Mapping[str, Any]
LABEL = "crud-lab"
PART_OF = "app.kubernetes.io/part-of"


@dataclass(frozen=True)
class Owner:
    """This lab, as the label of its objects says it; `at_home` in the cluster that it made itself.

    `kubeconfig` and `variable`, which names the namespace, are what a refusal tells a person to use.
    """

    label: str
    at_home: bool
    kubeconfig: str
    variable: str

    def owns(self, instance: Instance) -> bool:
        """Whether the lab made an object, or was handed it over."""
        labels = instance["metadata"].get("labels") or {}
        if LABEL in labels:
            return bool(labels[LABEL] == self.label)
        # Earlier versions set no such label; elsewhere other labs may have been at work.
        return self.at_home and labels.get(PART_OF) == "crud-lab" and _applied_first(instance)

    def pick(self, found: Mapping[Identity, Instance], needed: Iterable[Identity]) -> set[Identity]:
        """Give those of the objects that are the lab's.

        Raises a LabError where something that is needed is somebody else's; a namespace speaks for what is in it.
        """
        foreign = {key: one for key, one in found.items() if not self.owns(one)}
        in_the_way = [foreign[key] for key in dict.fromkeys(needed) if key in foreign]
        if in_the_way:
            namespaces = [one for one in in_the_way if one["kind"] == "Namespace"]
            raise LabError("\n".join(self._refusal(one) for one in namespaces or in_the_way))
        return found.keys() - foreign.keys()

    def _refusal(self, instance: Instance) -> str:
        metadata, kind = instance["metadata"], instance["kind"].lower()
        name, namespace = metadata["name"], metadata.get("namespace")
        if kind == "namespace":
            what, fix = f"the namespace {name}", f"choose another with -e {self.variable}=…"
            hand_over = "hand it over with all that is in it"
        else:
            what = f"{kind}/{name}{f' in the namespace {namespace}' if namespace else ''}"
            fix, hand_over = "remove it", "hand it over"
        other = (metadata.get("labels") or {}).get(LABEL)
        whose = f"; it belongs to the lab {other}" if other else ""
        command = ["kubectl", f"--kubeconfig={self.kubeconfig}"]
        command += [f"--namespace={namespace}"] if namespace else []
        command += ["label", *(["--overwrite"] if other else []), kind, name, f"{LABEL}={self.label}"]
        return (
            f"This lab did not make {what} and leaves it as it is{whose}: {fix}, or {hand_over}: {shlex.join(command)}"
        )


def _applied_first(instance: Instance) -> bool:
    """Whether a lab has applied an object, and nobody else made it."""
    entries = instance["metadata"].get("managedFields") or []
    # The API server adds this label to a namespace in the name of whoever makes it, unless by a server-side apply.
    made: Instance = {"f:metadata": {"f:labels": {"f:kubernetes.io/metadata.name": {}}}}
    return any(map(ownership.is_ours, entries)) and not any(
        _has(entry.get("fieldsV1", {}), made) for entry in entries if not ownership.is_ours(entry)
    )


def _has(fields: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(name in fields and _has(fields[name], inner) for name, inner in wanted.items())
