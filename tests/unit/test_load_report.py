"""The result of a run in a terminal: the right numbers, aligned."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from crud_lab.load import report
from crud_lab.load.counted import Counted
from crud_lab.load.generator import Result
from crud_lab.load.plan import Plan, stages
from crud_lab.load.replicas import Seen, Watch
from crud_lab.load.run import Kill, Outcome

ANSWERS = Counter({("GET", "/items", "200"): 90, ("POST", "/items", "201"): 10})
STEP = Plan("step", "", "items", "item_id", {}, {}, "", False, False, stages("step", 40, 20))
TWO, THREE = frozenset("ab"), frozenset("abc")


def outcome() -> Outcome:
    result = Result(50, ANSWERS, Counter(), 0, {50: 0.004, 95: 0.012, 99: 0.025})
    watch = Watch(frozenset, lambda: 0, [Seen(0, TWO), Seen(10, TWO), Seen(42, THREE), Seen(130, TWO)])
    counted = Counted(ANSWERS, Counter({"a": 40, "b": 50, "c": 10}))
    return Outcome(STEP, result, counted, watch, True, 10, 30, None)


TEXT = """\
load        step, 20 s of 40/s between 10 s of 2/s
requests    100 in 50 s, 2.0/s
failed      <green>0
latency     p50 4 ms, p95 12 ms, p99 25 ms
Prometheus  100 requests, <green>equal to the request

request      status  sent  Prometheus
GET /items      200    90          90
POST /items     201    10          10
by status       200    90          90
by status       201    10          10

pod  requests              ready
a          40  from start to end
b          50  from start to end
c          10             a part
spread 1.25, most to least of the 2 that were ready from start to end

replicas    2 ready at the start, 3 at most, 2 at the end
up          32 s from the step to one more, 32 s to 3 (aim 90 s)
down        100 s from its end to 2 pods (aim 180 s)"""


def marked(text: str, colour: str) -> str:
    return f"<{colour}>{text}"


def test_every_number_has_its_place() -> None:
    assert report.text(outcome(), marked) == TEXT
    assert report.sentence(outcome()) == ""


def test_what_prometheus_has_otherwise_is_told() -> None:
    counted = Counted(Counter({("GET", "/items", "200"): 88, ("POST", "/items", "201"): 11}), Counter())
    assert report.difference(replace(outcome(), counted=counted)) == "2 too few and 1 too many in Prometheus"


def test_an_answer_that_never_came_is_no_difference() -> None:
    result = replace(outcome().result, answers=ANSWERS + Counter({("GET", "/items", "0"): 1}))
    assert report.difference(replace(outcome(), result=result)) == "equal to the request"


def test_failures_are_a_sentence() -> None:
    result = replace(outcome().result, failures=Counter({"GET /items 503": 2}), lost=1)
    failed = replace(outcome(), result=result)
    assert report.sentence(failed).startswith("2 of 100 requests failed that should not have (2 GET /items 503): run ")
    text = report.text(failed, marked)
    assert "failed      <red>2 (2 GET /items 503)" in text
    assert "left        up to 1 records" in text


def test_a_kill_is_told_with_its_cost() -> None:
    killed = replace(outcome(), kill=Kill("a", 10, 25, 2, 0))
    killed.watch.seen[1:] = [Seen(11, frozenset("b")), Seen(17, frozenset("bd"))]
    line = "killed      a after 25 s: 0 requests failed from then on, 2 pods ready again after 7 s"
    assert report.text(killed, marked).endswith(line)


def test_a_kill_without_a_successor_is_told_too() -> None:
    killed = replace(outcome(), kill=Kill("a", 10, 25, 2, 0))
    killed.watch.seen[1:] = [Seen(11, frozenset("b"))]
    assert report.text(killed, marked).endswith("its successor is not ready yet")


def test_a_step_that_changed_nothing_is_told() -> None:
    still = replace(outcome(), watch=Watch(frozenset, lambda: 0, [Seen(0, TWO), Seen(99, TWO)]))
    assert "up          no more pods came" in report.text(still, marked)
    assert "scaling     none: there is no autoscaler" in report.text(replace(still, scaled=False), marked)


def test_more_pods_that_stay_are_told() -> None:
    more = replace(outcome(), watch=Watch(frozenset, lambda: 0, [Seen(0, TWO), Seen(20, THREE)]))
    assert "down        still 3 pods (aim 180 s)" in report.text(more, marked)


def test_one_pod_has_no_spread() -> None:
    alone = replace(outcome(), watch=Watch(frozenset, lambda: 0, [Seen(0, frozenset("a"))]))
    assert "spread" not in report.text(alone, marked)


def test_errors_without_faults_say_how_to_have_some() -> None:
    plan = replace(STEP, profile="errors", stages=stages("errors", 40, 20))
    assert "crud_api_faults=true" in report.text(replace(outcome(), plan=plan), marked)
    assert "crud_api_faults" not in report.text(replace(outcome(), plan=replace(plan, faults=True)), marked)
