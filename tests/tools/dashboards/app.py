"""What clients see of crud-api, per route and pod."""

from __future__ import annotations

from dashboards.parts import RED, YELLOW, About, Query, graph, number, page, variable

CLIENTS = 'job="crud-api", route!~"/healthz|/readyz"'
CHOSEN = f'{CLIENTS}, route=~"$route", pod=~"$pod"'
SLOW = ((0.1, YELLOW), (0.25, RED))
BUCKETS = f"rate(http_request_duration_seconds_bucket{{{CHOSEN}}}[$__rate_interval])"


def _requests(by: str, more: str = "") -> str:
    return f"sum by ({by}) (rate(http_requests_total{{{CHOSEN}{more}}}[$__rate_interval]))"


def build() -> str:
    """Make the dashboard."""
    return page(
        "crud-api",
        "What clients see of crud-api: throughput, errors, latency, records; per route and pod.",
        number(
            About("Requests", "What clients ask, without the cluster's probes.", "reqps", "autoscaling"),
            'job:http_requests:rate1m{job="crud-api"}',
        ),
        number(
            About("Errors", "The share answered with a 5xx.", "percentunit", "slo", ((0.01, RED),)),
            'job:http_errors_per_request:ratio_rate1m{job="crud-api"}',
        ),
        *(
            number(
                About(f"p{rank}", f"{rank} % of requests are answered within this time.", "s", "slo", SLOW),
                f'job:http_request_duration_seconds:p{rank}_rate1m{{job="crud-api"}}',
            )
            for rank in (50, 95, 99)
        ),
        number(
            About("Under way", "Each pod works at eight requests at once.", "short", "pods", ((8, YELLOW),)),
            'job:http_requests_in_progress:sum{job="crud-api"}',
        ),
        graph(
            About("Requests per route", "Throughput; a route is a template, not a path.", "reqps", "autoscaling"),
            Query(_requests("method, route"), "{{method}} {{route}}"),
        ),
        graph(
            About("Requests per pod", "The Service spreads them: the lines lie close together.", "reqps", "pods"),
            Query(_requests("pod"), "{{pod}}"),
        ),
        graph(
            About("Refused", "4xx: mistakes of clients, such as a missing key.", "reqps", "slo"),
            Query(_requests("status", ', status=~"4.."'), "{{status}}"),
        ),
        graph(
            About("Failed", "5xx: the app's own errors. These cost budget.", "reqps", "slo", ((0.1, RED),)),
            Query(_requests("status", ', status=~"5.."'), "{{status}}"),
        ),
        graph(
            About("Latency", "From a request's headers to its response's.", "s", "slo", SLOW),
            *(Query(f"histogram_quantile({rank / 100}, sum by (le) ({BUCKETS}))", f"p{rank}") for rank in (50, 95, 99)),
        ),
        graph(
            About("Latency per route", "p95; a route without requests has none.", "s", "slo", SLOW),
            Query(f"histogram_quantile(0.95, sum by (le, route) ({BUCKETS}))", "{{route}}"),
        ),
        graph(
            About("Under way per pod", "Eight are worked at; more wait.", "short", "pods", ((8, YELLOW),)),
            Query('http_requests_in_progress{job="crud-api", pod=~"$pod"}', "{{pod}}"),
        ),
        graph(
            About("Records", "In the store; a memory store is each pod's own.", "short", "pods", ((10_000, RED),)),
            Query('crud_records{job="crud-api", pod=~"$pod"}', "{{pod}} {{resource}}"),
        ),
        variables=[
            variable("route", "Route", f"label_values(http_requests_total{{{CLIENTS}}}, route)"),
            variable("pod", "Pod", f"label_values(http_requests_total{{{CLIENTS}}}, pod)"),
        ],
    )
