"""What Prometheus counted, from its samples: to the request, over births, restarts and quiet ends."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from crud_lab.errors import LabError
from crud_lab.load.counted import Book, Counted, count, growth
from crud_lab.prometheus import Sample
from crud_lab.verification.metrics import Patience


@pytest.mark.parametrize(
    ("values", "grown"),
    [
        ([(5, "7"), (10, "7"), (15, "9")], 2),
        ([(15, "3"), (20, "8")], 8),
        ([(5, "7"), (15, "9"), (20, "4")], 6),
        ([(5, "7"), (10, "7")], 0),
        ([], 0),
    ],
    ids=["since the last sample before", "born later", "started again", "quiet", "nothing"],
)
def test_growth(values: list[tuple[float, str]], grown: int) -> None:
    assert growth(values, since=10) == grown


def series(pod: str, route: str, *values: str, status: str = "200") -> dict[str, Any]:
    labels = {"pod": pod, "method": "GET", "route": route, "status": status}
    return {"metric": labels, "values": [[5 * number, value] for number, value in enumerate(values, 1)]}


SERIES = [
    series("a", "/items", "7", "7", "9"),
    series("b", "/items", "0", "0", "1"),
    series("a", "/items/<item_id>", "0", "0", "4", status="404"),
    series("a", "/readyz", "0", "5", "9"),
    series("a", "/notes", "0", "5", "9"),
]
KEYS = Counter({("GET", "/items", "200"): 3, ("GET", "/items/<id>", "404"): 4})


def test_only_the_resource_counts_by_key_and_by_pod() -> None:
    assert count(SERIES, "items", 10) == Counted(KEYS, Counter({"a": 6, "b": 1}))


class Answers:
    """A Prometheus whose time goes on with each question for it, and which scrapes a pod some questions later."""

    def __init__(self, scrapes: dict[str, float]) -> None:
        self.scrapes = scrapes
        self.time = 10.0
        self.selectors: list[str] = []

    def query(self, expression: str) -> list[Sample]:
        if expression == "vector(time())":
            return [Sample({}, self.time)]
        assert expression == 'timestamp(up{namespace="crud-api"})'
        self.time += 1
        return [Sample({"pod": pod}, self.time - age) for pod, age in self.scrapes.items()]

    def get(self, endpoint: str, **query: str) -> Any:
        assert endpoint == "query"
        self.selectors.append(query["query"])
        return {"result": SERIES}


def book(scrapes: dict[str, float], seconds: float = 9) -> tuple[Book, Answers]:
    answers = Answers(scrapes)
    patience = Patience(seconds, clock=lambda: answers.time, sleep=lambda _: None)
    return Book(answers, "crud-api", "items", patience), answers  # type: ignore[arg-type] # a stand-in


def test_a_run_is_counted_between_two_scrapes_of_every_pod() -> None:
    asked, answers = book({"a": 3, "b": 0.5})
    asked.open({"a", "b"})
    assert answers.time == 14  # the first at which the last scrape of a, three ago, is later than 10
    asked.close({"a", "b"})
    assert answers.selectors == ['http_requests_total{namespace="crud-api"}[64s]']


@pytest.mark.parametrize("scrapes", [{"a": 1000.0}, {"b": 0.0}], ids=["never scraped", "not found yet"])
def test_without_a_scrape_it_says_what_to_do(scrapes: dict[str, float]) -> None:
    asked, _ = book(scrapes)
    with pytest.raises(LabError, match=r"has not scraped every pod of the app within 9 s: run .* --tags verify"):
        asked.open({"a"})
