"""The Prometheus of the tests' lab."""

from __future__ import annotations

from crud_lab.prometheus import Prometheus
from crud_lab.verification.cluster import Cluster, find_kubectl

from e2e.playbook import BUNDLE, Lab


def prometheus(lab: Lab) -> Prometheus:
    """Return the lab's Prometheus."""
    return Prometheus(Cluster(find_kubectl(BUNDLE), lab.state_dir / "kubeconfig"), "monitoring")
