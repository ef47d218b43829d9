"""Every query of every dashboard as Prometheus takes it: variables filled in, as for a graph of some minutes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# What Grafana fills in by itself, for a lab that scrapes every five seconds.
BUILT_IN = {"__rate_interval": "1m", "__interval": "5s", "__range": "15m"}
VARIABLE = re.compile(r"\$\{?(\w+)\}?")
# Only the profile ha has one.
AUTOSCALER = "kube_horizontalpodautoscaler"


@dataclass(frozen=True)
class Query:
    """One query and where it stands."""

    dashboard: str
    panel: str
    expression: str

    @property
    def needs_autoscaler(self) -> bool:
        """Whether it has an answer only where there is an autoscaler."""
        return AUTOSCALER in self.expression

    def __str__(self) -> str:
        """Name it for a person."""
        return f"{self.dashboard} / {self.panel}: {self.expression}"


def every_query(directory: Path) -> Iterator[Query]:
    """Read the queries of panels and of variables from all files."""
    for path in sorted(directory.glob("*.json")):
        dashboard = json.loads(path.read_text(encoding="utf-8"))
        known = {one["name"]: one.get("allValue", ".*") for one in dashboard.get("templating", {}).get("list", [])}
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                yield Query(dashboard["title"], panel["title"], _filled(target["expr"], known))
        for name, expression in _of_variables(dashboard):
            yield Query(dashboard["title"], f"${name}", _filled(expression, known))


def _of_variables(dashboard: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for one in dashboard.get("templating", {}).get("list", []):
        # label_values(metric, label) is Grafana's own; the metric must be there.
        yield one["name"], re.sub(r"^label_values\((.*), \w+\)$", r"\1", one["query"]["query"])


def _filled(expression: str, known: Mapping[str, str]) -> str:
    values = {**BUILT_IN, **known}
    return VARIABLE.sub(lambda match: values[match[1]], expression)
