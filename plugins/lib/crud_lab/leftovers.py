"""What keeps a namespace from going away: objects with finalizers that nobody will ever remove."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Instance = Mapping[str, Any]
CONTENT = "NamespaceContentRemaining"
# Such as: configmaps. has 1 resource instances, deployments.apps has 2 resource instances
RESOURCE = re.compile(r"(\w+)\.(\S*) has \d+ resource instances")
# Kubernetes removes its own as soon as what they wait for is done.
KUBERNETES = re.compile(r"(foregroundDeletion|orphan|([\w.-]+\.)?kubernetes\.io/.*)")


def resources(namespace: Instance) -> Iterator[tuple[str, str]]:
    """Give kind (in the plural) and API version of what is still in a namespace."""
    for condition in namespace.get("status", {}).get("conditions") or []:
        if condition["type"] == CONTENT and condition["status"] == "True":
            for plural, group in RESOURCE.findall(condition["message"]):
                yield plural, f"{group}/v1" if group else "v1"


def patch(instance: Instance) -> Sequence[Mapping[str, Any]]:
    """Give a JSON patch that leaves only the finalizers of Kubernetes; empty where there are no others."""
    finalizers = instance["metadata"].get("finalizers") or []
    kept = [finalizer for finalizer in finalizers if KUBERNETES.fullmatch(finalizer)]
    if kept == finalizers:
        return []
    return [{"op": "replace", "path": "/metadata/finalizers", "value": kept}]
