"""Is everything up, and what runs where?"""

from __future__ import annotations

from dashboards.parts import FULL, GREEN, LEFT, RED, About, Query, graph, listing, number, page


def build() -> str:
    """Make the dashboard."""
    return page(
        "lab",
        "Is everything up, and what runs where?",
        number(
            About("Targets up", "What Prometheus can scrape.", "short", "pods", ((1, GREEN),), RED),
            "sum(up)",
        ),
        number(
            About("Targets down", "What it can't; the alert TargetIsDown names them.", "short", "pods", ((1, RED),)),
            "count(up == 0) or vector(0)",
        ),
        number(
            About("Alerts firing", "Each has a runbook in docs/monitoring.md.", "short", "slo", ((1, RED),)),
            'count(ALERTS{alertstate="firing"}) or vector(0)',
        ),
        number(
            About("Requests", "What clients ask of crud-api, without the cluster's probes.", "reqps", "crud-api"),
            'job:http_requests:rate1m{job="crud-api"}',
        ),
        number(
            About("Errors", "The share of requests answered with a 5xx.", "percentunit", "slo", ((0.01, RED),)),
            'job:http_errors_per_request:ratio_rate1m{job="crud-api"}',
        ),
        number(
            About("Budget left", "Of a day's budget for errors.", "percentunit", "slo", LEFT, RED),
            'job:http_error_budget:ratio_left1d{job="crud-api"}',
        ),
        graph(
            About("Targets", "1: Prometheus reaches it. A line that ends is a pod that is gone.", "short", "pods"),
            Query("up", "{{job}} {{instance}}"),
        ),
        graph(
            About("Node", "The share of processors, memory and the fullest disk in use.", "percentunit", "pods", FULL),
            Query("node:cpu_usage:ratio_rate1m", "cpu of {{node}}"),
            Query("node:memory_usage:ratio", "memory of {{node}}"),
            Query("node:filesystem_usage:ratio", "disk of {{node}}"),
        ),
        graph(
            About("Pods", "Running pods per namespace.", "short", "pods"),
            Query('sum by (namespace) (kube_pod_status_phase{phase="Running"})', "{{namespace}}"),
        ),
        graph(
            About("Replicas missing", "What is wanted and not available.", "short", "autoscaling", ((1, RED),)),
            Query(
                "kube_deployment_spec_replicas - kube_deployment_status_replicas_available"
                " or kube_statefulset_replicas - kube_statefulset_status_replicas_available",
                "{{namespace}}/{{deployment}}{{statefulset}}",
            ),
        ),
        graph(
            About("Prometheus' memory", "It may take 512 MiB.", "bytes", "pods", ((400 * 2**20, RED),)),
            Query('process_resident_memory_bytes{job="prometheus"}', "resident"),
        ),
        graph(
            About("Prometheus' series", "Each costs some KiB of memory.", "short", "pods", ((50_000, RED),)),
            Query('prometheus_tsdb_head_series{job="prometheus"}', "series"),
        ),
        listing(
            About("What runs where", "Every pod and its node.", "short", "pods"),
            "sum by (node, namespace, pod, pod_ip) (kube_pod_info)",
        ),
    )
