"""How much of the budget for errors is left, and how fast it goes."""

from __future__ import annotations

from dashboards.parts import LEFT, RED, YELLOW, About, Query, graph, number, page

# As in roles/prometheus/files/rules/errors.yml.
BUDGET = 0.01
BURN = ((1, YELLOW), (6, "orange"), (14.4, RED))
WINDOWS = ("5m", "30m", "1h", "6h")


def _errors(window: str) -> str:
    return f'job:http_errors_per_request:ratio_rate{window}{{job="crud-api"}}'


def build() -> str:
    """Make the dashboard."""
    return page(
        "slo",
        "The objective: 99 % of a day's requests are answered without a 5xx.",
        number(
            About(
                "Budget left",
                "Of a day's; below 0 it is overdrawn.",
                "percentunit",
                "lab",
                LEFT,
                RED,
            ),
            'job:http_error_budget:ratio_left1d{job="crud-api"}',
        ),
        *(
            number(
                About(f"Burn over {window}", "1 uses up just the budget; 14.4 and 6 alert.", "none", "crud-api", BURN),
                f"{_errors(window)} / {BUDGET}",
            )
            for window in WINDOWS
        ),
        number(
            About("Alerts firing", "Those of crud-api; see docs/monitoring.md.", "short", "lab", ((1, RED),)),
            'count(ALERTS{alertname=~"CrudApi.*", alertstate="firing"}) or vector(0)',
        ),
        graph(
            About("Budget", "What is left of a day's budget.", "percentunit", "lab", LEFT, RED),
            Query('job:http_error_budget:ratio_left1d{job="crud-api"}', "left"),
        ),
        graph(
            About("Burn", "How many times as fast as the budget allows errors come.", "none", "crud-api", BURN),
            *(Query(f"{_errors(window)} / {BUDGET}", window) for window in WINDOWS),
        ),
        graph(
            About("Errors", "The share of requests answered with a 5xx.", "percentunit", "crud-api", ((BUDGET, RED),)),
            *(Query(_errors(window), window) for window in ("1m", *WINDOWS, "1d")),
        ),
        graph(
            About("Statuses", "Answers per class of status.", "reqps", "crud-api"),
            Query('job_class:http_requests:rate1m{job="crud-api"}', "{{class}}"),
        ),
    )
