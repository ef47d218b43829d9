"""What a cluster said to an object that was applied or deleted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crud_lab.manifests import HIDDEN, Definition, Diff

BOOKKEEPING = ("generation", "managedFields", "resourceVersion")


@dataclass(frozen=True)
class Outcome:
    """What the cluster said to one object."""

    kind: str
    name: str
    changed: bool
    instance: Mapping[str, Any]
    error: str
    refused_as: str
    diff: Mapping[str, Any]

    @classmethod
    def of(cls, definition: Definition, item: Mapping[str, Any]) -> Outcome:
        """Take one entry of the results of kubernetes.core.k8s."""
        error = item.get("error") or {}
        return cls(
            kind=definition["kind"],
            name=definition["metadata"]["name"],
            changed=bool(item.get("changed")),
            instance=item.get("result") or {},
            error=_sentence(str(error.get("msg", ""))),
            refused_as=str(error.get("reason", "")),
            diff=item.get("diff") or {},
        )

    def __str__(self) -> str:
        """Name the object as kubectl does."""
        return f"{self.kind.lower()}/{self.name}"

    def diffs(self) -> list[Diff]:
        """Give what changed in the cluster, without what a Secret holds."""
        if not self.changed:
            return []
        headers = {"before_header": str(self), "after_header": str(self)}
        if self.kind == "Secret":
            return [{"before": HIDDEN, "after": HIDDEN, **headers}]
        return [{**{side: _readable(self.diff.get(side, {})) for side in ("before", "after")}, **headers}]


def _readable(side: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out what the API server writes for itself."""
    metadata = {name: value for name, value in side.get("metadata", {}).items() if name not in BOOKKEEPING}
    return {name: value for name, value in {**side, "metadata": metadata}.items() if value}


def _sentence(message: str) -> str:
    """Give the sentence of the API server out of what a module reports: Failed to …: {…}."""
    _, brace, rest = message.partition("{")
    try:
        return str(json.loads(brace + rest)["message"])
    except (ValueError, KeyError):
        return message
