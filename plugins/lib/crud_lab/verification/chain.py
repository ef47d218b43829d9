"""Walk along the links between a request and its answer, the deepest first."""

from __future__ import annotations

from crud_lab.verification import app_links, node_links, prometheus_links
from crud_lab.verification.cluster import Cluster, UnreachableError
from crud_lab.verification.problem import Broken, MetricsError, VerifyError, describe
from crud_lab.verification.site import Site


def broken_links(site: Site, cluster: Cluster, *, metrics: bool) -> list[Broken]:
    """Return the broken links in their order; what is behind an API that doesn't answer can't be seen."""
    below = [link for link in (node_links.container(site), node_links.ssh(site)) if link]
    api = node_links.api_server(site, cluster)
    if api:
        return [*below, api]
    above = [
        node_links.node_ready(cluster),
        app_links.store(site, cluster),
        app_links.deployment(site, cluster),
        app_links.pods(site, cluster),
        app_links.service(site, cluster),
        app_links.ingress_controller(site, cluster),
        app_links.ingress(site, cluster),
    ]
    if metrics:
        above += [prometheus_links.prometheus_pod(site, cluster), prometheus_links.target(site, cluster)]
    return [*below, *(link for link in above if link)]


def explain(error: VerifyError, site: Site, cluster: Cluster) -> str:
    """Return the symptom, the links that explain it and the fix of the first one."""
    try:
        causes = broken_links(site, cluster, metrics=isinstance(error, MetricsError))
    except UnreachableError as lost:
        causes = [Broken(f"the Kubernetes API stopped answering ({lost})", "ansible-playbook site.yml --tags k3s")]
    return describe(error.broken, causes)
