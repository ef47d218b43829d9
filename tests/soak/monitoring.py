"""What Prometheus says of the tests' lab."""

from __future__ import annotations

import math
import time

from e2e.playbook import Lab
from e2e.watch import prometheus


def by_container(lab: Lab, expression: str) -> dict[str, float]:
    """Return the largest value of each container's series."""
    found = prometheus(lab).query(f"max by (container) ({expression})")
    return {sample.labels["container"]: sample.value for sample in found}


def total(lab: Lab, expression: str) -> float:
    """Return the sum of all series of an expression."""
    return sum(sample.value for sample in prometheus(lab).query(expression))


def alerts(lab: Lab) -> set[str]:
    """Return the alerts that fire or are about to."""
    return {alert["labels"]["alertname"] for alert in prometheus(lab).get("alerts")["alerts"]}


def fired(lab: Lab, since: float) -> dict[str, float]:
    """Return when each alert first fired since a moment, by Prometheus' own record."""
    seconds = math.ceil(time.time() - since)
    series = prometheus(lab).get("query", query=f'ALERTS{{alertstate="firing"}}[{seconds}s]')["result"]
    found: dict[str, float] = {}
    for one in series:
        alert, first = one["metric"]["alertname"], one["values"][0][0]
        found[alert] = min(first, found.get(alert, first))
    return found
