"""The links from the app's metrics to Prometheus."""

from __future__ import annotations

import json

from crud_lab.verification.app_links import is_ready
from crud_lab.verification.cluster import Cluster
from crud_lab.verification.problem import Broken
from crud_lab.verification.site import Site

DEPLOY = "ansible-playbook site.yml --tags prometheus"


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


def target(site: Site, cluster: Cluster) -> Broken | None:
    """Prometheus knows the app's pods as targets and can scrape them."""
    text = cluster.raw(site.prometheus_path("targets"), state="active")
    if text is None:
        return Broken("Prometheus' Service is missing", DEPLOY)
    targets = [
        one for one in json.loads(text)["data"]["activeTargets"] if one["labels"].get("namespace") == site.namespace
    ]
    if not targets:
        return Broken(f"Prometheus has no target in {site.namespace}", DEPLOY)
    broken = [one for one in targets if one["health"] == "down"]
    if broken:
        return Broken(
            f"target {broken[0]['scrapeUrl']} is down ({broken[0]['lastError']})",
            "ansible-playbook site.yml --tags app",
        )
    return None
