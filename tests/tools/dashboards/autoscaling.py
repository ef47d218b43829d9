"""How many replicas there are, how many there should be, and why."""

from __future__ import annotations

from dashboards.parts import YELLOW, About, Query, graph, page

AUTOSCALER = "kube_horizontalpodautoscaler"
NAME = "{{horizontalpodautoscaler}}"


def build() -> str:
    """Make the dashboard."""
    return page(
        "autoscaling",
        "How many replicas there are, how many there should be, and why. Autoscalers exist with the profile ha.",
        graph(
            About("Replicas of autoscalers", "Current follows desired, between least and most.", "short", "pods"),
            Query(f"{AUTOSCALER}_status_current_replicas", f"{NAME} current"),
            Query(f"{AUTOSCALER}_status_desired_replicas", f"{NAME} desired"),
            Query(f"{AUTOSCALER}_spec_min_replicas", f"{NAME} least"),
            Query(f"{AUTOSCALER}_spec_max_replicas", f"{NAME} most"),
        ),
        graph(
            About(
                "Metric against target",
                "Above its target an autoscaler adds replicas; below it, it removes some after a while.",
                "short",
                "pods",
            ),
            Query(f"{AUTOSCALER}_status_target_metric", f"{NAME} {{{{metric_name}}}} {{{{metric_target_type}}}}"),
            Query(f"{AUTOSCALER}_spec_target_metric", f"{NAME} target {{{{metric_name}}}} {{{{metric_target_type}}}}"),
        ),
        graph(
            About("Replicas of Deployments", "Available and wanted.", "short", "pods"),
            Query("kube_deployment_status_replicas_available", "{{deployment}} available"),
            Query("kube_deployment_spec_replicas", "{{deployment}} wanted"),
        ),
        graph(
            About(
                "Requests per pod of crud-api",
                "New pods take their share once ready. What the autoscaler goes by where it is told to.",
                "reqps",
                "crud-api",
            ),
            Query('job_pod:http_requests:rate1m{job="crud-api"}', "{{pod}}"),
        ),
        graph(
            About("CPU of request", "What the autoscaler goes by otherwise.", "percentunit", "pods", ((1, YELLOW),)),
            Query('namespace_pod:cpu_usage_per_request:ratio_rate1m{namespace="crud-api"}', "{{pod}}"),
        ),
        graph(
            About(
                "Memory of request",
                "What the autoscaler goes by in either case. Little of it is given back when requests have ended.",
                "percentunit",
                "pods",
                ((1.5, YELLOW),),
            ),
            Query('namespace_pod:memory_usage_per_request:ratio{namespace="crud-api"}', "{{pod}}"),
        ),
        graph(
            About("Latency", "p95 of all pods: what scaling is for.", "s", "crud-api", ((0.25, YELLOW),)),
            Query('job:http_request_duration_seconds:p95_rate1m{job="crud-api"}', "p95"),
        ),
    )
