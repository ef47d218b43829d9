"""Every alert fires for real, soon enough, and ends by itself."""

from __future__ import annotations

import math
import time
from contextlib import ExitStack

import pytest
import yaml
from crud_lab.verification.metrics import Patience
from e2e.clients import Clients
from e2e.playbook import ROOT, Lab

from soak.monitoring import alerts, fired
from soak.troubles import ROUNDS, Trouble

SECONDS = {"s": 1, "m": 60}
# Until what happened is scraped, recorded and evaluated: five seconds each, and some for a busy machine.
SEEN = 20
# The longest look back of most alerts, five minutes, and the time to become ready again.
OVER = 420
ALERTS = [alert for troubles in ROUNDS for trouble in troubles for alert in trouble.alerts]
# Their windows hold hours: they end when enough good requests have come.
BURNING = {"CrudApiErrorBudgetBurnsFast", "CrudApiErrorBudgetBurnsSlowly"}


def waits() -> dict[str, int]:
    """Return how long each alert waits before it fires."""
    groups = yaml.safe_load((ROOT / "roles/prometheus/files/rules/alerts.yml").read_text())["groups"]
    texts = {rule["alert"]: rule.get("for", "0s") for group in groups for rule in group["rules"]}
    return {alert: int(text[:-1]) * SECONDS[text[-1]] for alert, text in texts.items()}


def most(alert: str) -> float:
    """Return within how many seconds an alert must fire: twice its wait, or what one look takes if that is more."""
    wait = waits()[alert]
    return max(2 * wait, wait + SEEN)


@pytest.fixture(scope="module")
def delays(watched: Lab) -> dict[str, float]:
    """Let everything go wrong; return after how many seconds each alert fired, infinite for one that did not."""
    return {alert: delay for troubles in ROUNDS for alert, delay in go_through(watched, *troubles).items()}


def go_through(lab: Lab, *troubles: Trouble) -> dict[str, float]:
    """Let troubles happen at the same time, until each of their alerts has fired or should have."""
    expected = {alert for trouble in troubles for alert in trouble.alerts}
    assert Patience(OVER).until(lambda: not expected & alerts(lab)), "it is so already"
    began: dict[str, float] = {}
    with ExitStack() as stack:
        for trouble in troubles:
            began |= dict.fromkeys(trouble.alerts, time.time())
            stack.enter_context(trouble.happens(lab))
        since, until = min(began.values()), max(began[alert] + most(alert) for alert in began)
        Patience(until - time.time()).until(lambda: expected <= fired(lab, since).keys())
        times = fired(lab, since)
    return {alert: times.get(alert, math.inf) - began[alert] for alert in began}


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_fires(delays: dict[str, float], alert: str, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{alert} fired after {delays[alert]:.0f} s")
    assert delays[alert] <= most(alert)


def test_alerts_end(delays: dict[str, float], watched: Lab) -> None:
    with Clients(watched):
        assert Patience(OVER).until(lambda: not BURNING & alerts(watched))
    assert Patience(OVER).until(lambda: not alerts(watched))
