"""Show what Prometheus knows of a lab, for a terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ansible.utils.color import stringc

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab.action import LabAction
from crud_lab.overview import Overview
from crud_lab.prometheus import Prometheus
from crud_lab.verification.cluster import Cluster, find_kubectl

DOCUMENTATION = """
name: lab_show
short_description: Show what Prometheus knows of a lab
description:
  - Asks Prometheus through the API server; changes nothing.
  - Colours where Ansible does, so in a terminal and not in a pipe.
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
"""

RETURN = """
card:
  description: Requests, errors, latency, pods, replicas and alerts.
  type: str
  returned: success
"""


class ActionModule(LabAction):
    """The task lab_show."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Ask and write."""
        del variables
        cluster = Cluster(find_kubectl(Path(arguments["bundle_dir"])), Path(arguments["kubeconfig"]))
        overview = Overview.read(Prometheus(cluster, arguments["namespace"]))
        return {"changed": False, "card": overview.text(stringc)}
