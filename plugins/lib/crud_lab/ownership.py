"""Which fields of an object others have set, and how the lab takes them over.

A server-side apply sets the fields that the lab names, and leaves those that others added beside them: a variable of a
container, a port of a Service. Those still change what the app does. So the lab moves their entries in
metadata.managedFields to its own name; applied again, what the lab does not ask for goes. (Kubernetes' own client does
the same to move an object from kubectl apply to server-side apply.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MANAGER = "crud-lab"
# The kinds whose added fields change how the app runs or is reached.
KINDS = {"ConfigMap", "Deployment", "Service", "StatefulSet"}
# Controllers set fields of their own, which nobody may take from them.
CONTROLLERS = {"kube-controller-manager"}

Fields = Mapping[str, Any]
Entry = Mapping[str, Any]


def taken_over(entries: Sequence[Entry]) -> list[Entry] | None:
    """Give managedFields in which the lab owns what others have set; None where nobody else set anything."""
    ours: Fields = {}
    others: list[Entry] = []
    found = False
    for entry in entries:
        fields = entry.get("fieldsV1", {})
        if is_ours(entry):
            ours = _merged(ours, fields)
            continue
        taken = _spec_and_data(fields) if _may_be_taken_from(entry) else {}
        found = found or bool(taken)
        ours = _merged(ours, taken)
        left = {name: value for name, value in fields.items() if name not in taken}
        if left:
            others.append({**entry, "fieldsV1": left})
    if not found:
        return None
    own = {"manager": MANAGER, "operation": "Apply", "apiVersion": entries[0]["apiVersion"], "fieldsType": "FieldsV1"}
    return [{**own, "fieldsV1": ours}, *others]


def is_ours(entry: Entry) -> bool:
    """Whether an entry of managedFields is a lab's apply."""
    return entry.get("manager") == MANAGER and entry.get("operation") == "Apply"


def _may_be_taken_from(entry: Entry) -> bool:
    # A subresource is scale (an autoscaler, kubectl scale) or status.
    return entry.get("manager") not in CONTROLLERS and not entry.get("subresource")


def _spec_and_data(fields: Fields) -> Fields:
    taken = {name: value for name, value in fields.items() if name not in ("f:metadata", "f:status")}
    # kubectl rollout restart sets an annotation of the template and nothing else: that is no other setting.
    return {} if taken == {"f:spec": {"f:template": {"f:metadata": _only_metadata(taken)}}} else taken


def _only_metadata(taken: Fields) -> Any:
    return taken.get("f:spec", {}).get("f:template", {}).get("f:metadata")


def _merged(one: Fields, other: Fields) -> Fields:
    both = dict(one)
    for name, value in other.items():
        both[name] = _merged(both.get(name, {}), value)
    return both
