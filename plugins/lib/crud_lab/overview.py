"""What the dashboards show, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from crud_lab import figures
from crud_lab.prometheus import Prometheus, Sample

# Paints a text in a colour, where there is a terminal.
Paint = Callable[[str, str], str]
APP = "crud-api"
# The cluster's own pods would only push the lab's out of sight.
UNSEEN = "kube-system"
REQUESTS = "job:http_requests:rate1m"
IN_PROGRESS = "job:http_requests_in_progress:sum"
ERRORS = "job:http_errors_per_request:ratio_rate1m"
BUDGET = "job:http_error_budget:ratio_left1d"
PERCENTILES = {f"p{rank}": f"job:http_request_duration_seconds:p{rank}_rate1m" for rank in (50, 95, 99)}
POD_REQUESTS = "job_pod:http_requests:rate1m"
CPU = "namespace_pod:container_cpu_usage_seconds:rate1m"
CPU_SHARE = "namespace_pod:cpu_usage_per_request:ratio_rate1m"
MEMORY = "namespace_pod:container_memory_working_set_bytes:sum"
MEMORY_SHARE = "namespace_pod:memory_usage_per_limit:ratio"
RESTARTS = "kube_pod_container_status_restarts_total"
# Each kind's pods, available and wanted.
WORKLOADS = {
    "deployment": ("kube_deployment_status_replicas_available", "kube_deployment_spec_replicas"),
    "statefulset": ("kube_statefulset_status_replicas_available", "kube_statefulset_replicas"),
}
AUTOSCALER = "kube_horizontalpodautoscaler"
AUTOSCALING = [
    f"{AUTOSCALER}_{what}"
    for what in ("status_current_replicas", "status_desired_replicas", "spec_min_replicas", "spec_max_replicas")
]
METRIC, TARGET = f"{AUTOSCALER}_status_target_metric", f"{AUTOSCALER}_spec_target_metric"
NAMES = (
    *("up", REQUESTS, IN_PROGRESS, ERRORS, BUDGET, *PERCENTILES.values()),
    *(POD_REQUESTS, CPU, CPU_SHARE, MEMORY, MEMORY_SHARE, RESTARTS, *AUTOSCALING, METRIC, TARGET),
    *chain(*WORKLOADS.values()),
)
COLOURS = {"page": "red", "ticket": "yellow"}


@dataclass(frozen=True)
class Overview:
    """One moment of a lab."""

    samples: Sequence[Sample]
    alerts: Sequence[Mapping[str, Any]]

    @classmethod
    def read(cls, prometheus: Prometheus) -> Overview:
        """Ask Prometheus for everything at once, so that all numbers are of one moment."""
        samples = prometheus.query(f'{{__name__=~"{"|".join(NAMES)}"}}')
        return cls(samples, prometheus.get("alerts")["alerts"])

    def text(self, paint: Paint) -> str:
        """Write it all, aligned."""
        parts = [self._app(paint), self._pods(), self._workloads(), self._autoscalers(), self._alerts(paint)]
        return "\n\n".join("\n".join(part) for part in parts if part)

    def _app(self, paint: Paint) -> list[str]:
        app = {name: values.get(APP) for name in NAMES if (values := self._by(name, "job"))}
        targets = [sample.value for sample in self.samples if sample.labels["__name__"] == "up"]
        up, failing = f"{targets.count(1)} of {len(targets)} up", app.get(ERRORS)
        latency = (f"{rank} {figures.duration(app.get(name))}" for rank, name in PERCENTILES.items())
        return [
            f"requests  {figures.rate(app.get(REQUESTS))}, {figures.count(app.get(IN_PROGRESS))} under way",
            f"errors    {paint(figures.share(failing), 'red' if failing else 'green')}"
            f", {figures.share(app.get(BUDGET))} of a day's budget left",
            f"latency   {', '.join(latency)}",
            f"targets   {paint(up, 'green' if targets.count(1) == len(targets) else 'red')}",
        ]

    def _pods(self) -> list[str]:
        key = ("namespace", "pod")
        columns = [
            (figures.cores, self._by(CPU, *key)),
            (figures.share, self._by(CPU_SHARE, *key)),
            (figures.memory, self._by(MEMORY, *key)),
            (figures.share, self._by(MEMORY_SHARE, *key)),
            (figures.rate, self._by(POD_REQUESTS, *key)),
            (figures.count, self._by(RESTARTS, *key)),
        ]
        names = sorted({name for _, values in columns for name in values})
        rows = [[name, *(write(values.get(name)) for write, values in columns)] for name in names]
        head = ["pod", "cpu", "of request", "memory", "of limit", "requests", "restarts"]
        return figures.table(head, rows) if rows else []

    def _workloads(self) -> list[str]:
        rows = []
        for kind, names in WORKLOADS.items():
            available, wanted = (self._by(name, "namespace", kind) for name in names)
            rows += [[name, figures.count(available.get(name)), figures.count(wanted[name])] for name in wanted]
        return figures.table(["workload", "available", "wanted"], sorted(rows)) if rows else []

    def _autoscalers(self) -> list[str]:
        key = ("namespace", "horizontalpodautoscaler")
        columns = [self._by(name, *key) for name in AUTOSCALING]
        goals = self._goals(*key)
        rows = [
            [name, *(figures.count(values.get(name)) for values in columns), *goal]
            for name in sorted(columns[0])
            for goal in goals.get(name, [[figures.NONE] * 3])
        ]
        head = ["autoscaler", "replicas", "desired", "least", "most", "metric", "value", "target"]
        return figures.table(head, rows) if rows else []

    def _goals(self, *key: str) -> dict[str, list[list[str]]]:
        """Give all that each autoscaler goes by, with value and target: in percent of what pods ask for, or plain."""
        # The cluster also tells the same metric in other units than the target's.
        exact = (*key, "metric_name", "metric_target_type")
        values = self._by(METRIC, *exact)
        goals: dict[str, list[list[str]]] = {}
        for sample in sorted(self.samples, key=lambda sample: sample.labels.get("metric_name", "")):
            if sample.labels["__name__"] == TARGET:
                write = figures.percent if sample.labels["metric_target_type"] == "utilization" else figures.number
                value = values.get(sample.label(*exact))
                goal = [sample.labels["metric_name"], write(value), write(sample.value)]
                goals.setdefault(sample.label(*key), []).append(goal)
        return goals

    def _alerts(self, paint: Paint) -> list[str]:
        firing = [alert for alert in self.alerts if alert["state"] == "firing"]
        if not firing:
            return [f"alerts    {paint('none firing', 'green')}"]
        firing.sort(key=lambda alert: (alert["labels"]["severity"], alert["labels"]["alertname"]))
        return [_line(alert, paint) for alert in firing]

    def _by(self, name: str, *labels: str) -> dict[str, float]:
        """Give one value per value of these labels; those of a pod's containers are added up."""
        values: dict[str, float] = {}
        for sample in self.samples:
            if sample.labels["__name__"] == name and sample.labels.get("namespace") != UNSEEN:
                key = sample.label(*labels)
                values[key] = values.get(key, 0) + sample.value
        return values


def _line(alert: Mapping[str, Any], paint: Paint) -> str:
    labels, notes = alert["labels"], alert["annotations"]
    colour = COLOURS.get(labels["severity"], "yellow")
    return f"{paint(labels['alertname'], colour)}: {notes['summary']} ({notes['runbook']})"
