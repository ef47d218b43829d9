"""Prometheus' API through the API server."""

from __future__ import annotations

import json
from typing import Any

import pytest
from crud_lab.errors import LabError
from crud_lab.prometheus import Prometheus, Sample
from crud_lab.verification.cluster import UnreachableError


class Answers:
    """A cluster whose Prometheus answers with this data."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self.asked: list[tuple[str, dict[str, str]]] = []

    def raw(self, path: str, **query: str) -> str | None:
        self.asked.append((path, query))
        if isinstance(self.data, Exception):
            raise self.data
        return None if self.data is None else json.dumps({"status": "success", "data": self.data})


def asking(data: Any) -> Prometheus:
    return Prometheus(Answers(data), "monitoring")  # type: ignore[arg-type] # a stand-in


def vector(*values: str) -> dict[str, Any]:
    return {"result": [{"metric": {"pod": f"p{number}"}, "value": [0, value]} for number, value in enumerate(values)]}


def test_it_is_asked_through_its_service() -> None:
    answers = Answers(vector())
    Prometheus(answers, "watch").query("up")  # type: ignore[arg-type] # a stand-in
    path = "/api/v1/namespaces/watch/services/prometheus:9090/proxy/api/v1/query"
    assert answers.asked == [(path, {"query": "up"})]


def test_a_sample_is_labels_and_a_number() -> None:
    assert asking(vector("1.5", "+Inf")).query("x") == [Sample({"pod": "p0"}, 1.5), Sample({"pod": "p1"}, float("inf"))]


def test_what_is_no_number_is_left_out() -> None:
    assert asking(vector("NaN", "0")).query("x") == [Sample({"pod": "p1"}, 0)]


def test_labels_make_a_name() -> None:
    sample = Sample({"namespace": "n", "pod": "p"}, 0)
    assert (sample.label("namespace", "pod"), sample.label("pod", "container")) == ("n/p", "p")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(None, "leads to no pod: run .*--tags prometheus"), (UnreachableError("refused"), r"can't be asked \(refused\)")],
)
def test_without_an_answer_it_says_what_to_do(data: object, sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        asking(data).query("up")


@pytest.mark.parametrize(("data", "answers"), [({"version": "3"}, True), (None, False)])
def test_it_is_known_whether_it_answers(data: object, answers: bool) -> None:
    assert asking(data).answers() is answers


@pytest.mark.parametrize(("revision", "runs"), [("0123456789ab", True), ("ba9876543210", False)])
def test_a_configuration_tells_its_revision(revision: str, runs: bool) -> None:
    configuration = {"yaml": "rule_files:\n- /etc/prometheus/revision-0123456789ab\n"}
    assert asking(configuration).runs(revision) is runs


@pytest.mark.parametrize(("value", "took"), [("1", True), ("0", False)])
def test_a_refused_configuration_shows(value: str, took: bool) -> None:
    assert asking(vector(value)).took_its_last_configuration() is took
