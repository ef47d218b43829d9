"""The proof itself: from the Ingress to Prometheus."""

from __future__ import annotations

from dataclasses import dataclass

from crud_lab.verification import crud, metrics, prometheus_links
from crud_lab.verification.cluster import Cluster
from crud_lab.verification.counters import METRIC
from crud_lab.verification.metrics import Patience
from crud_lab.verification.problem import Broken, MetricsError, VerifyError
from crud_lab.verification.sample import Record, read_sample
from crud_lab.verification.site import Site
from crud_lab.verification.web import Reply, request


@dataclass(frozen=True)
class Options:
    """What the role's variables say."""

    patience: Patience
    exact_count: bool
    only_read: bool
    # Empty: the example in the API's description.
    record: Record


@dataclass
class Proof:
    """What was proven, and what the reader should know besides."""

    requests: int
    notes: list[str]
    # A record for a person to create.
    example: Record


def prove(site: Site, cluster: Cluster, options: Options) -> Proof:
    """Prove the lab; the first proof that fails raises VerifyError."""
    require_health(site, options.patience)
    require_hidden_metrics(site)
    wait_for_former_pods(site, cluster, options.patience)
    sample = read_sample(site.url, site.resource, options.record)
    before = metrics.app_counts(site, cluster)
    api = crud.Api(site.url, site.resource, (site.state_dir / "x-key").read_text().strip())
    crud.read(api)
    if not options.only_read:
        crud.create_read_update_delete(api, sample.record, sample.changed)
    after = metrics.app_counts(site, cluster)
    metrics.require_growth(before, after, api.made, exact=options.exact_count)
    metrics.require_in_prometheus(site, cluster, after, options.patience, exact=options.exact_count)
    require_target(site, cluster, options.patience)
    return Proof(sum(api.made.values()), service_notes(site, cluster), sample.example)


def require_health(site: Site, patience: Patience) -> None:
    """Wait until the Ingress leads to a healthy app: a new route needs a moment."""
    reply = Reply(0, "not asked")

    def healthy() -> bool:
        nonlocal reply
        reply = request("GET", f"{site.url}/healthz")
        return reply.status == 200  # noqa: PLR2004 - HTTP's number for OK

    if not patience.until(healthy):
        raise VerifyError(f"GET {site.url}/healthz: {reply}", "ansible-playbook site.yml --tags app")


def wait_for_former_pods(site: Site, cluster: Cluster, patience: Patience) -> None:
    """Let pods go that were replaced: for some seconds they still get requests, and may serve another resource."""
    patience.until(lambda: not site.leaving_pods(cluster))


def require_hidden_metrics(site: Site) -> None:
    """/metrics is for the cluster alone."""
    reply = request("GET", f"{site.url}/metrics")
    if METRIC in reply.text:
        raise VerifyError(
            f"GET {site.url}/metrics shows the metrics to everyone", "ansible-playbook site.yml --tags app"
        )


def require_target(site: Site, cluster: Cluster, patience: Patience) -> None:
    """Wait until Prometheus says that it scrapes the app: a pod that has just gone is a target for a moment."""
    broken: Broken | None = None

    def scraped() -> bool:
        nonlocal broken
        broken = prometheus_links.target(site, cluster)
        return broken is None

    if not patience.until(scraped) and broken:
        raise MetricsError(broken.seen, broken.fix)


def service_notes(site: Site, cluster: Cluster) -> list[str]:
    """Say so where a Service waits for a load balancer that this cluster doesn't have."""
    service = site.service_object(cluster) or {}
    pending = not service.get("status", {}).get("loadBalancer", {}).get("ingress")
    if service.get("spec", {}).get("type") != "LoadBalancer" or not pending:
        return []
    return [
        f"Service {site.service} has type LoadBalancer and stays <pending>: this cluster has no load balancer. "
        f"Its node port and the Ingress ({site.url}) work."
    ]
