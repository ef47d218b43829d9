"""The links from the app's metrics to Prometheus."""

from __future__ import annotations

import json
from typing import Any

from crud_lab.verification.app_links import is_ready
from crud_lab.verification.cluster import Cluster
from crud_lab.verification.problem import Broken
from crud_lab.verification.site import Site

DEPLOY = "ansible-playbook site.yml --tags prometheus"
DEPLOY_APP = "ansible-playbook site.yml --tags app"


def prometheus_pod(site: Site, cluster: Cluster) -> Broken | None:
    """Prometheus runs."""
    namespace, service = (
        site.fact("prometheus", "namespace", "monitoring"),
        site.fact("prometheus", "service", "prometheus"),
    )
    pods = [pod for pod in cluster.items(f"/api/v1/namespaces/{namespace}/pods") if service in pod["metadata"]["name"]]
    if not pods:
        return Broken(f"there is no pod of Prometheus in {namespace}", DEPLOY)
    if any(is_ready(pod) for pod in pods):
        return None
    name = pods[0]["metadata"]["name"]
    return Broken(f"pod {name} is not ready", f"kubectl -n {namespace} describe pod {name}")


def active_targets(site: Site, cluster: Cluster) -> list[dict[str, Any]] | None:
    """Return the targets of the app that Prometheus has now, None where it can't be asked."""
    text = cluster.raw(site.prometheus_path("targets"), state="active")
    if text is None:
        return None
    targets: list[dict[str, Any]] = json.loads(text)["data"]["activeTargets"]
    return [one for one in targets if one["labels"].get("namespace") == site.namespace]


def target(site: Site, cluster: Cluster) -> Broken | None:
    """Prometheus knows the app's pods as targets and can scrape them."""
    targets = active_targets(site, cluster)
    if targets is None:
        return Broken("Prometheus' Service is missing or leads to no pod", DEPLOY)
    if not targets:
        return Broken(f"Prometheus has no target in {site.namespace}", DEPLOY)
    for one in targets:
        if one["health"] == "down":
            return Broken(f"target {one['scrapeUrl']} is down ({one['lastError']})", DEPLOY_APP)
    return None
