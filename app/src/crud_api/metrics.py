"""Metrics of the app, in a registry of its own, so that two apps in one process do not meet."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from werkzeug.routing import Rule

from .keys import MUTATING
from .resources import Resource
from .stores import Store
from .version import VERSION

UNMATCHED = "unmatched"
OTHER = "OTHER"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

# The times at which series were born: as many samples again, which nothing here reads.
disable_created_metrics()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Metrics:
    """What is counted for each request."""

    registry: CollectorRegistry
    requests: Counter
    duration: Histogram
    in_progress: Gauge

    def observe(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count an answered request; unknown methods and paths are one series each, whatever people try."""
        method = method if method in METHODS else OTHER
        route = route or UNMATCHED
        self.requests.labels(method, route, status).inc()
        self.duration.labels(method, route).observe(seconds)


def new_metrics() -> Metrics:
    """Make the registry and what it holds."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    info = Gauge("crud_api_build_info", "The version that runs; always 1", ["version"], registry=registry)
    info.labels(VERSION).set(1)
    return Metrics(
        registry,
        Counter("http_requests", "Requests answered", ["method", "route", "status"], registry=registry),
        Histogram(
            "http_request_duration_seconds",
            "From the request's headers to the response's",
            ["method", "route"],
            buckets=BUCKETS,
            registry=registry,
        ),
        Gauge("http_requests_in_progress", "Requests under way", registry=registry),
    )


def count_records(metrics: Metrics, resource: Resource, store: Store) -> None:
    """Let each scrape ask the store how many records it has."""
    gauge = Gauge("crud_records", "Records in the store", ["resource"], registry=metrics.registry)
    gauge.labels(resource.name).set_function(store.count)


def create_known_series(metrics: Metrics, app: Flask) -> None:
    """Start the series to be expected at 0: a counter that is born at 7 has never increased for Prometheus."""
    metrics.requests.labels("GET", UNMATCHED, 404)
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            metrics.duration.labels(method, rule.rule)
            for status in _expected(rule, method):
                metrics.requests.labels(method, rule.rule, status)


def _expected(rule: Rule, method: str) -> Iterator[int]:
    yield {"POST": 201, "DELETE": 204}.get(method, 200)
    yield 500
    if method in MUTATING:
        yield 401
    if method in MUTATING - {"DELETE"}:
        yield from (400, 422, 507)
    if rule.arguments:
        yield 404
    if rule.rule == "/readyz":
        yield 503
