"""The counters follow the requests: first in the app, then in Prometheus."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crud_lab.verification.cluster import Cluster
from crud_lab.verification.counters import METRIC, Counts, differences, from_exposition, from_prometheus, source_of
from crud_lab.verification.problem import MetricsError
from crud_lab.verification.prometheus_links import active_targets
from crud_lab.verification.site import Site

POLL_SECONDS = 0.5
OTHERS = (
    "stop other clients of the API and run ansible-playbook site.yml --tags verify again, "
    "or let them be with -e verify_exact_count=false"
)


@dataclass(frozen=True)
class Patience:
    """How long a condition may take, and the clock that measures it."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def until(self, condition: Callable[[], bool]) -> bool:
        """Ask for the condition until it holds; False when the time is over."""
        deadline = self.clock() + self.seconds
        while not condition():
            if self.clock() > deadline:
                return False
            self.sleep(POLL_SECONDS)
        return True


def app_counts(site: Site, cluster: Cluster) -> Counts:
    """Return what the app's own /metrics pages say now, summed over its pods."""
    total: Counts = Counter()
    for pod in site.app_pods(cluster):
        path = f"{site.namespace_path}/pods/{pod['metadata']['name']}:{metrics_port(pod)}/proxy/metrics"
        text = cluster.raw(path)
        if text is None or METRIC not in text:
            raise MetricsError(
                f"pod {pod['metadata']['name']}: /metrics has no {METRIC}", "see app/src: the metrics page"
            )
        total += from_exposition(text, site.resource)
    return total


def metrics_port(pod: Mapping[str, Any]) -> int:
    """Return the pod's port for metrics: the one named so, else the first."""
    ports = [port for container in pod["spec"]["containers"] for port in container.get("ports", [])]
    named = [port for port in ports if "metrics" in port.get("name", "")]
    return int((named or ports)[0]["containerPort"])


def require_growth(before: Counts, after: Counts, made: Counts, *, exact: bool) -> None:
    """Compare what the app counted with the requests that were made."""
    grown = Counter({key: after[key] - before[key] for key in after.keys() | before.keys()})
    wrong = differences(made, grown) if exact else differences(made, made & grown)
    if wrong:
        raise MetricsError(f"the app's {METRIC} grew wrongly: {'; '.join(wrong)}", OTHERS)


def require_in_prometheus(site: Site, cluster: Cluster, app: Counts, patience: Patience, *, exact: bool) -> None:
    """Wait until Prometheus has scraped what the app says."""
    seen: Counts = Counter()

    def scraped() -> bool:
        nonlocal seen
        text = cluster.raw(site.prometheus_path("query"), query=f'{METRIC}{{namespace="{site.namespace}"}}')
        sources = [source_of(one["labels"]) for one in active_targets(site, cluster) or []]
        seen = from_prometheus(text, site.resource, sources) if text else Counter()
        return not differences(app, seen if exact else app & seen)

    if not patience.until(scraped):
        wrong = "; ".join(differences(app, seen))
        seen_text = f"Prometheus has another {METRIC} than the app after {patience.seconds:.0f} s: {wrong}"
        raise MetricsError(seen_text, OTHERS if app < seen else "ansible-playbook site.yml --tags prometheus")
