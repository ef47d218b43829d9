"""Wait until a Deployment or StatefulSet is rolled out, or say why it is not."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab import rollout
from crud_lab.action import LabAction
from crud_lab.errors import LabError
from crud_lab.kubernetes import KubernetesModules

DOCUMENTATION = """
name: lab_rollout
short_description: Wait until a Deployment or StatefulSet is rolled out, or say why it is not
description:
  - Waits with M(kubernetes.core.k8s_info).
  - When the time is over, it fails with the pods, their newest warnings, the end of the log and what to do.
options:
  kubeconfig:
    description: The cluster.
    type: path
    required: true
  namespace:
    description: The namespace.
    type: str
    required: true
  kind:
    description: What runs the pods.
    type: str
    choices: [Deployment, StatefulSet]
    default: Deployment
  name:
    description: Its name, and the label C(app.kubernetes.io/name) of its pods.
    type: str
    required: true
  seconds:
    description: How long it may take.
    type: int
    required: true
  image_tag:
    description: The tags of the stages that bring the image to the node.
    type: str
    required: true
"""

LOG_LINES = 15


class ActionModule(LabAction):
    """The task lab_rollout."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Wait, and explain a failure."""
        if not self.check_mode:
            _wait(KubernetesModules(self, arguments["kubeconfig"], variables), arguments)
        return {"changed": False}


def _wait(modules: KubernetesModules, arguments: dict[str, Any]) -> None:
    name, namespace, seconds = arguments["name"], arguments["namespace"], arguments["seconds"]
    this = {"api_version": "apps/v1", "kind": arguments["kind"], "namespace": namespace, "name": name}
    try:
        found = modules("k8s_info", {**this, "wait": True, "wait_sleep": 1, "wait_timeout": seconds})["resources"]
    except LabError:
        found = []  # the time is over
    if any(rollout.is_finished(one) for one in found):
        return
    labels = [f"app.kubernetes.io/name={name}"]
    pods = modules("k8s_info", {"kind": "Pod", "namespace": namespace, "label_selectors": labels})["resources"]
    everything = modules("k8s_info", {"kind": "Event", "namespace": namespace})["resources"]
    events = [event for event in everything if rollout.concerns(event, name)]
    fix = rollout.fix(pods, events, image_tag=arguments["image_tag"])
    raise LabError(
        f"{name} is not rolled out after {seconds} s. {fix}\n"
        f"{rollout.report(pods, events, _log(modules, namespace, rollout.newest(pods)))}"
    )


def _log(modules: KubernetesModules, namespace: str, pod: Mapping[str, Any] | None) -> str:
    if pod is None:
        return ""
    this = {"namespace": namespace, "name": pod["metadata"]["name"], "tail_lines": LOG_LINES}
    try:
        return str(modules("k8s_log", this)["log"])
    except LabError:
        return ""  # a container that never started has none
