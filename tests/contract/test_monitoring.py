"""docs/monitoring.md tells of everything that is there, and alerts lead to their runbooks."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from checkout import ROOT, load, role_dir
from soak.troubles import ROUNDS

PAGE = (ROOT / "docs/monitoring.md").read_text(encoding="utf-8")
RUNBOOKS = {match[1]: match[2] for match in re.finditer(r"^### (\w+)\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL)}
RULES = [
    rule
    for path in sorted((role_dir("prometheus") / "files/rules").glob("*.yml"))
    for group in load(path)["groups"]
    for rule in group["rules"]
]
ALERTS = [rule for rule in RULES if "alert" in rule]
RECORDED = {rule["record"] for rule in RULES if "record" in rule}
SEVERITIES = {"page", "ticket"}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_has_a_runbook(alert: dict[str, Any]) -> None:
    name = alert["alert"]
    assert alert["annotations"]["runbook"] == f"docs/monitoring.md#{name.lower()}"
    assert re.findall(r"^\* \*\*(\w+)\*\*: \S", RUNBOOKS[name], re.MULTILINE) == ["Meaning", "See", "Mend"]


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_is_in_the_table_as_it_is(alert: dict[str, Any]) -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith(f"| [{alert['alert']}](")]
    assert len(rows) == 1
    after = re.sub(r"(\d+)m$", r"\1 min", re.sub(r"(\d+)s$", r"\1 s", alert.get("for", "at once")))
    assert re.search(rf"\| {after} \| {alert['labels']['severity']} \| \d+ s \|$", rows[0])
    assert alert["labels"]["severity"] in SEVERITIES


def test_every_alert_is_fired_for_real_by_make_soak() -> None:
    happening = [alert for troubles in ROUNDS for trouble in troubles for alert in trouble.alerts]
    assert sorted(happening) == sorted(alert["alert"] for alert in ALERTS)


def test_no_runbook_is_left_over() -> None:
    assert RUNBOOKS.keys() == {alert["alert"] for alert in ALERTS}


def test_recorded_series_are_listed_and_no_others() -> None:
    assert set(re.findall(r"`(\w+:\w+:\w+)`", PAGE)) == RECORDED


def test_dashboards_are_listed() -> None:
    titles = {json.loads(path.read_text())["title"] for path in (role_dir("grafana") / "files/dashboards").iterdir()}
    assert set(re.findall(r"^\| \*([\w-]+)\* \|", PAGE, re.MULTILINE)) == titles


def test_metrics_of_the_cluster_are_listed() -> None:
    kept = load(role_dir("prometheus") / "vars/main.yml")["__prometheus_state_metrics"]
    listed = set(re.findall(r"`(kube_\w+)`", PAGE))
    listed |= {f"kube_horizontalpodautoscaler_{name}" for name in re.findall(r"`…_(\w+)`", PAGE)}
    assert {name for name in listed if not re.fullmatch("|".join(kept), name)} == set()
    assert [pattern for pattern in kept if not any(re.fullmatch(pattern, name) for name in listed)] == []
