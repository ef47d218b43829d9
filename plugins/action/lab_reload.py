"""Wait until Prometheus runs a configuration that was applied."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab.action import LabAction
from crud_lab.errors import LabError
from crud_lab.kubernetes import KubernetesModules
from crud_lab.prometheus import Prometheus
from crud_lab.verification.cluster import Cluster, find_kubectl
from crud_lab.verification.metrics import Patience

DOCUMENTATION = """
name: lab_reload
short_description: Wait until Prometheus runs a configuration that was applied
description:
  - Prometheus reads its files again when they change; a changed ConfigMap is in its pod within a minute or two.
  - An annotation at the pod makes the kubelet look at once.
  - The proof is Prometheus' own word, because its configuration holds its own revision.
options:
  kubeconfig:
    description: The cluster.
    type: path
    required: true
  bundle_dir:
    description: Where kubectl is looked for before PATH.
    type: path
    required: true
  namespace:
    description: The namespace of Prometheus.
    type: str
    required: true
  revision:
    description: What the configuration that it runs contains.
    type: str
    required: true
  seconds:
    description: How long it may take.
    type: int
    required: true
"""

ANNOTATION = "/metadata/annotations/crud-lab~1revision"


class ActionModule(LabAction):
    """The task lab_reload."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Look, hurry the kubelet, and wait."""
        cluster = Cluster(find_kubectl(Path(arguments["bundle_dir"])), Path(arguments["kubeconfig"]))
        prometheus = Prometheus(cluster, arguments["namespace"])
        revision, patience = arguments["revision"], Patience(arguments["seconds"])
        # A node that was just started has pods that are still called ready and are not.
        if self.check_mode or (patience.until(prometheus.answers) and prometheus.runs(revision)):
            return {"changed": False}
        self._hurry(KubernetesModules(self, arguments["kubeconfig"], variables), arguments["namespace"], revision)
        if not patience.until(lambda: prometheus.runs(revision)):
            raise LabError(_reason(prometheus, arguments["seconds"]))
        return {"changed": True}

    def _hurry(self, modules: KubernetesModules, namespace: str, revision: str) -> None:
        this = {"kind": "Pod", "namespace": namespace}
        labels = ["app.kubernetes.io/name=prometheus"]
        for pod in modules("k8s_info", {**this, "label_selectors": labels})["resources"]:
            first = [] if pod["metadata"].get("annotations") else [_add("/metadata/annotations", {})]
            patch = [*first, _add(ANNOTATION, revision)]
            modules("k8s_json_patch", {**this, "name": pod["metadata"]["name"], "patch": patch})


def _add(path: str, value: object) -> dict[str, object]:
    return {"op": "add", "path": path, "value": value}


def _reason(prometheus: Prometheus, seconds: int) -> str:
    if prometheus.took_its_last_configuration():
        return f"The configuration is not in Prometheus' pod after {seconds} s: run the stage again."
    return "Prometheus refuses the configuration and runs the one before: the log of its pod says why."
