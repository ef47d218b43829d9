"""Metrics of the app, in a registry of its own, so that two apps in one process do not meet."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import nan

from flask import Flask
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from werkzeug.routing import Rule

from .keys import MUTATING
from .stores import Store, StoreAwayError
from .version import VERSION

UNMATCHED = "unmatched"
OTHER = "OTHER"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

# The times at which series were born: as many samples again, which nothing here reads.
disable_created_metrics()  # type: ignore[no-untyped-call] # the library leaves it bare


@dataclass(frozen=True)
class Series:
    """What requests of one method, route and status share, looked up once: their series, and their part of the log."""

    count: Counter
    duration: Histogram
    about: str

    def observe(self, seconds: float) -> None:
        """Count an answered request."""
        self.count.inc()
        self.duration.observe(seconds)


@dataclass(frozen=True)
class Metrics:
    """What is counted for each request."""

    registry: CollectorRegistry
    requests: Counter
    duration: Histogram
    in_progress: set[int] = field(default_factory=set)
    _series: dict[tuple[str, str | None, int], Series] = field(default_factory=dict)

    def series(self, method: str, route: str | None, status: int) -> Series:
        """Return the series of a request; unknown methods and paths are one each, whatever people try."""
        known = (method if method in METHODS else OTHER, route, status)
        return self._series.get(known) or self._new_series(*known)

    def _new_series(self, method: str, route: str | None, status: int) -> Series:
        label = route or UNMATCHED
        about = json.dumps({"method": method, "route": route, "status": status})[1:-1]
        made = Series(self.requests.labels(method, label, status), self.duration.labels(method, label), about)
        self._series[method, route, status] = made
        return made


def new_metrics() -> Metrics:
    """Make the registry and what it holds."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    info = Gauge("crud_api_build_info", "The version that runs; always 1", ["version"], registry=registry)
    info.labels(VERSION).set(1)
    metrics = Metrics(
        registry,
        Counter("http_requests", "Requests answered", ["method", "route", "status"], registry=registry),
        Histogram(
            "http_request_duration_seconds",
            "From the request's headers to the response's",
            ["method", "route"],
            buckets=BUCKETS,
            registry=registry,
        ),
    )
    in_progress = Gauge("http_requests_in_progress", "Requests under way", registry=registry)
    # A set, counted when somebody asks: cheaper than a gauge that goes up and down with each request.
    in_progress.set_function(lambda: len(metrics.in_progress))
    return metrics


def count_records(metrics: Metrics, name: str, store: Store) -> None:
    """Let each scrape ask the store how many records it has; a store that is away is no reason to fail the scrape."""

    def count() -> float:
        try:
            return store.count()
        except StoreAwayError:
            return nan

    gauge = Gauge("crud_records", "Records in the store; NaN while it is away", ["resource"], registry=metrics.registry)
    gauge.labels(name).set_function(count)


def create_known_series(metrics: Metrics, app: Flask) -> None:
    """Start the series to be expected at 0: a counter that is born at 7 has never increased for Prometheus."""
    for method, status in (("GET", 404), (OTHER, 400), (OTHER, 408)):
        metrics.series(method, None, status)
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            for status in _expected(rule, method):
                metrics.series(method, rule.rule, status)


def _expected(rule: Rule, method: str) -> Iterator[int]:
    yield {"POST": 201, "DELETE": 204}.get(method, 200)
    yield 500
    if method in MUTATING:
        yield 401
    if method in MUTATING - {"DELETE"}:
        yield from (400, 408, 413, 415, 422, 507)
    if rule.arguments:
        yield 404
    if rule.rule == "/readyz":
        yield 503
