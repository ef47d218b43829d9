"""Asking a live Prometheus every query of the dashboards."""

from __future__ import annotations

from crud_lab.prometheus import Sample
from crud_lab.verification.metrics import Patience
from dashboards.ask import unanswered
from dashboards.queries import Query

EARLY, LATE, NEVER = (Query("D", "P", expression) for expression in ("early", "late", "never"))


class Prometheus:
    """Knows one query at once and another one a second time."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def query(self, expression: str) -> list[Sample]:
        self.asked.append(expression)
        known = expression == "early" or (expression == "late" and self.asked.count("late") > 1)
        return [Sample({}, 1)] if known else []


def test_queries_are_asked_until_they_have_an_answer() -> None:
    clock = iter(range(10))
    prometheus = Prometheus()
    patience = Patience(3, clock=lambda: next(clock), sleep=lambda _: None)
    used: list[int] = []

    def use() -> None:
        used.append(len(prometheus.asked))

    assert unanswered(prometheus, [EARLY, LATE, NEVER], patience, use) == [NEVER]  # type: ignore[arg-type] # a stand-in
    assert prometheus.asked.count("early") == 1
    # Before each look.
    assert used[:3] == [0, 3, 5]
