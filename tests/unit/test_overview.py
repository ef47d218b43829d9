"""The lab in a terminal: the right numbers, aligned, and in colour only where it is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from crud_lab import figures
from crud_lab.overview import Overview
from crud_lab.prometheus import Sample

POD = {"namespace": "crud-api", "pod": "crud-api-1"}
APP = {"job": "crud-api"}
ALERT = {
    "state": "firing",
    "labels": {"alertname": "CrudApiFails", "severity": "page"},
    "annotations": {"summary": "half of them failed", "runbook": "docs/monitoring.md#crudapifails"},
}


def sample(name: str, value: float, labels: dict[str, str]) -> Sample:
    return Sample({"__name__": name, **labels}, value)


SAMPLES = [
    sample("up", 1, {"job": "prometheus"}),
    sample("up", 0, {"job": "crud-api"}),
    sample("job:http_requests:rate1m", 12.34, APP),
    sample("job:http_requests_in_progress:sum", 2, APP),
    sample("job:http_errors_per_request:ratio_rate1m", 0.5, APP),
    sample("job:http_error_budget:ratio_left1d", -0.25, APP),
    sample("job:http_request_duration_seconds:p50_rate1m", 0.0042, APP),
    sample("job:http_request_duration_seconds:p95_rate1m", 1.5, APP),
    sample("namespace_pod:container_cpu_usage_seconds:rate1m", 0.25, POD),
    sample("namespace_pod:cpu_usage_per_request:ratio_rate1m", 1.25, POD),
    sample("namespace_pod:container_memory_working_set_bytes:sum", 64 * 2**20, POD),
    sample("namespace_pod:memory_usage_per_limit:ratio", 0.5, POD),
    sample("job_pod:http_requests:rate1m", 12.34, {**APP, **POD}),
    sample("kube_pod_container_status_restarts_total", 1, {**POD, "container": "a"}),
    sample("kube_pod_container_status_restarts_total", 2, {**POD, "container": "b"}),
    sample("kube_deployment_spec_replicas", 2, {"namespace": "crud-api", "deployment": "crud-api"}),
    sample("kube_deployment_status_replicas_available", 1, {"namespace": "crud-api", "deployment": "crud-api"}),
    sample("kube_statefulset_replicas", 1, {"namespace": "crud-api", "statefulset": "redis"}),
]
AUTOSCALER = {"namespace": "crud-api", "horizontalpodautoscaler": "crud-api"}
TEXT = """\
requests  12.3/s, 2 under way
errors    50.0%, -25.0% of a day's budget left
latency   p50 4.2 ms, p95 1.50 s, p99 -
targets   1 of 2 up

pod                   cpu  of request  memory  of limit  requests  restarts
crud-api/crud-api-1  250m      125.0%  64 MiB     50.0%    12.3/s         3

workload           available  wanted
crud-api/crud-api          1       2
crud-api/redis             -       1

alerts    none firing"""


def plain(text: str, colour: str) -> str:
    del colour
    return text


def marked(text: str, colour: str) -> str:
    return f"<{colour}>{text}"


def overview(*more: Sample, alerts: tuple[Any, ...] = ()) -> Overview:
    return Overview([*SAMPLES, *more], alerts)


def test_every_number_has_its_place() -> None:
    assert overview().text(plain) == TEXT


def test_the_pods_of_the_cluster_itself_stay_out_of_sight() -> None:
    dns = {"namespace": "kube-system", "pod": "coredns-1"}
    assert overview(sample("job_pod:http_requests:rate1m", 1, dns)).text(plain) == TEXT


def test_nothing_known_is_nothing_invented() -> None:
    text = Overview([], []).text(plain)
    assert text.splitlines()[0] == "requests  -, - under way"
    assert "pod" not in text


def test_an_autoscaler_is_a_line_of_its_own() -> None:
    names = ["status_current_replicas", "status_desired_replicas", "spec_min_replicas", "spec_max_replicas"]
    values = [sample(f"kube_horizontalpodautoscaler_{name}", n, AUTOSCALER) for n, name in enumerate(names, 2)]
    lines = overview(*values).text(plain).splitlines()
    assert ["crud-api/crud-api", "2", "3", "4", "5", "-", "-", "-"] in [line.split() for line in lines]


@pytest.mark.parametrize(
    ("metric", "kind", "words"),
    [
        ("cpu", "utilization", ["cpu", "35%", "80%"]),
        ("http_requests_per_second", "average", ["http_requests_per_second", "35.0", "80.0"]),
    ],
)
def test_an_autoscaler_shows_what_it_goes_by(metric: str, kind: str, words: list[str]) -> None:
    goal = {**AUTOSCALER, "metric_name": metric, "metric_target_type": kind}
    values = [
        sample("kube_horizontalpodautoscaler_status_current_replicas", 2, AUTOSCALER),
        sample("kube_horizontalpodautoscaler_spec_target_metric", 80, goal),
        sample("kube_horizontalpodautoscaler_status_target_metric", 35, goal),
        sample("kube_horizontalpodautoscaler_status_target_metric", 0.035, {**goal, "metric_target_type": "value"}),
    ]
    lines = overview(*values).text(plain).splitlines()
    assert ["crud-api/crud-api", "2", "-", "-", "-", *words] in [line.split() for line in lines]


def test_an_autoscaler_with_two_targets_shows_both() -> None:
    goals = [{**AUTOSCALER, "metric_name": name, "metric_target_type": "utilization"} for name in ("memory", "cpu")]
    values = [sample("kube_horizontalpodautoscaler_status_current_replicas", 2, AUTOSCALER)]
    values += [sample("kube_horizontalpodautoscaler_spec_target_metric", 80, goal) for goal in goals]
    values += [sample("kube_horizontalpodautoscaler_status_target_metric", 35, goal) for goal in goals]
    lines = [line.split() for line in overview(*values).text(plain).splitlines()]
    shown = [line for line in lines if line[:2] == ["crud-api/crud-api", "2"]]
    assert [line[-3:] for line in shown] == [["cpu", "35%", "80%"], ["memory", "35%", "80%"]]


def test_what_is_wrong_is_red() -> None:
    text = overview(alerts=(ALERT,)).text(marked)
    assert "<red>50.0%" in text
    assert "<red>1 of 2 up" in text
    assert "<red>CrudApiFails: half of them failed (docs/monitoring.md#crudapifails)" in text


def test_an_alert_that_waits_is_none_yet() -> None:
    assert "<green>none firing" in overview(alerts=({**ALERT, "state": "pending"},)).text(marked)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (figures.memory(1023), "1023 B"),
        (figures.memory(3 * 2**40), "3072 GiB"),
        (figures.duration(0.00025), "0.25 ms"),
        (figures.cores(0.0314), "31m"),
        (figures.share(0.0004), "0.0%"),
        (figures.memory(None), "-"),
    ],
)
def test_numbers_are_written_for_people(written: str, expected: str) -> None:
    assert written == expected
