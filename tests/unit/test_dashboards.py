"""The dashboards that Grafana gets: as the code makes them, complete, and asking for what exists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from dashboards.files import DIRECTORY, build_all
from dashboards.queries import Query, every_query

RULES = Path(__file__).resolve().parents[2] / "roles/prometheus/files/rules"
RECORDED = re.compile(r"\b\w+:\w+:\w+\b")
BUILT = build_all()
PANELS = [
    pytest.param(panel, id=f"{name}-{panel['title']}")
    for name, text in BUILT.items()
    for panel in json.loads(text)["panels"]
]


def test_the_files_are_what_the_code_makes() -> None:
    assert {path.name: path.read_text(encoding="utf-8") for path in DIRECTORY.iterdir()} == BUILT, "run make dashboards"


@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_says_what_it_shows(panel: dict[str, Any]) -> None:
    defaults = panel["fieldConfig"]["defaults"]
    assert panel["description"].endswith(".")
    assert defaults["unit"]
    assert defaults["thresholds"]["steps"][0]["value"] is None
    assert panel["links"]


def test_links_lead_to_dashboards() -> None:
    named = re.findall(r'"url": "/d/([^"]*)"', "".join(BUILT.values()))
    assert {f"{uid}.json" for uid in named} == BUILT.keys()


def test_what_dashboards_ask_for_is_recorded() -> None:
    recorded = {rule.get("record") for path in RULES.glob("*.yml") for rule in _rules(path)}
    asked = {name for query in every_query(DIRECTORY) for name in RECORDED.findall(query.expression)}
    assert asked
    assert asked - recorded == set()


def test_variables_are_filled_in(tmp_path: Path) -> None:
    variable = {"name": "pod", "allValue": ".+", "query": {"query": 'label_values(up{job="a"}, pod)'}}
    panel = {"title": "P", "targets": [{"expr": 'rate(x{pod=~"$pod"}[$__rate_interval])'}]}
    content = {"title": "D", "panels": [panel], "templating": {"list": [variable]}}
    (tmp_path / "d.json").write_text(json.dumps(content))
    assert list(every_query(tmp_path)) == [
        Query("D", "P", 'rate(x{pod=~".+"}[1m])'),
        Query("D", "$pod", 'up{job="a"}'),
    ]


def test_a_query_of_the_autoscaler_is_known() -> None:
    assert Query("D", "P", "kube_horizontalpodautoscaler_spec_max_replicas").needs_autoscaler
    assert not Query("D", "P", "up").needs_autoscaler


def _rules(path: Path) -> Iterator[dict[str, str]]:
    for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
        yield from group["rules"]
