"""What Prometheus counted of a run, to the request: the growth of each series over its own samples.

increase() extrapolates, and forgets what was counted before a series' first sample; so the samples themselves are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from crud_lab.errors import LabError
from crud_lab.prometheus import Prometheus
from crud_lab.verification.counters import METRIC, Counts, key_of
from crud_lab.verification.metrics import Patience

# How far before a run a series may have had its last sample; a pod is scraped far more often.
LOOK_BACK = 60
SCRAPED_WITHIN = 60

# A time and a number, as Prometheus writes them.
RawSample = Sequence[Any]


@dataclass(frozen=True)
class Counted:
    """Requests to the resource, by what they were and by the pod that answered them."""

    keys: Counts
    pods: Counter[str]


class Book:
    """The app's http_requests_total, from a quiet start to a quiet end."""

    def __init__(self, prometheus: Prometheus, namespace: str, resource: str, patience: Patience | None = None) -> None:
        """Name what is read; nothing is asked yet."""
        self._prometheus = prometheus
        self._namespace = namespace
        self._resource = resource
        self._patience = patience or Patience(SCRAPED_WITHIN)
        self._since = 0.0

    def open(self, pods: Collection[str]) -> None:
        """Wait until all that was counted so far is scraped; from here on it counts."""
        self._wait_for_scrapes(pods)
        self._since = self._now()

    def close(self, pods: Collection[str]) -> Counted:
        """Wait until all that is counted now is scraped, and give what came since the book was opened."""
        self._wait_for_scrapes(pods)
        window = ceil(self._now() - self._since) + LOOK_BACK
        selector = f'{METRIC}{{namespace="{self._namespace}"}}[{window}s]'
        series = self._prometheus.get("query", query=selector)["result"]
        return count(series, self._resource, self._since)

    def _now(self) -> float:
        """Give Prometheus' own time: the node's clock may be another than ours."""
        return self._prometheus.query("vector(time())")[0].value

    def _wait_for_scrapes(self, pods: Collection[str]) -> None:
        moment = self._now()

        def scraped() -> bool:
            found = self._prometheus.query(f'timestamp(up{{namespace="{self._namespace}"}})')
            fresh = {sample.labels.get("pod", "") for sample in found if sample.value > moment}
            return set(pods) <= fresh

        if not self._patience.until(scraped):
            raise LabError(
                f"Prometheus has not scraped every pod of the app within {self._patience.seconds:.0f} s: "
                "run ansible-playbook site.yml --tags verify, which names what is broken."
            )


def count(series: Iterable[Mapping[str, Any]], resource: str, since: float) -> Counted:
    """Add up how much each series has grown since a moment; one that was born later began at 0."""
    keys: Counts = Counter()
    pods: Counter[str] = Counter()
    for one in series:
        key = key_of(one["metric"], resource)
        grown = growth(one["values"], since)
        if key and grown:
            keys[key] += grown
            pods[one["metric"].get("pod", "")] += grown
    return Counted(keys, pods)


def growth(samples: Iterable[RawSample], since: float) -> int:
    """Return by how much a counter has grown; where it fell, its container was started again and counts from 0."""
    grown, last = 0.0, 0.0
    for moment, text in samples:
        value = float(text)
        if moment > since:
            grown += value - last if value >= last else value
        last = value
    return round(grown)
