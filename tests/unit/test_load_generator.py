"""Locust itself against an API of a few lines: what it sends, counts, tells and leaves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from crud_lab.errors import LabError
from crud_lab.load import generator
from crud_lab.load.generator import Result, Tick
from crud_lab.load.plan import Plan, Stage
from small_api import KEY, SmallApi

ROOT = Path(__file__).resolve().parents[2]
SECONDS, RATE = 2, 16


@pytest.fixture
def api() -> Iterator[SmallApi]:
    """The API, listening."""
    with SmallApi() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def plan(api: SmallApi, home: Path, profile: str = "steady", *, faults: bool = False) -> Plan:
    key_file = home / "x-key"
    key_file.write_text(f"{KEY}\n")
    record, changed = {"name": "a"}, {"name": "b"}
    stages = [Stage("full", SECONDS, RATE)]
    return Plan(profile, api.url, "items", "item_id", record, changed, str(key_file), api.chosen_ids, faults, stages)


def run(plan: Plan, home: Path) -> tuple[list[Tick], Result]:
    ticks: list[Tick] = []
    result = generator.drive(generator.interpreter(ROOT), plan, home, ticks.append)
    return ticks, result


def test_it_counts_what_the_server_counts_and_leaves_nothing(api: SmallApi, tmp_path: Path) -> None:
    ticks, result = run(plan(api, tmp_path), tmp_path)
    assert result.answers == result.answered == api.counts
    assert {key[0] for key in result.answers} == {"GET", "POST", "PUT", "DELETE"}
    assert (result.failures.total(), result.lost, api.records) == (0, 0, {})
    # Each user at least once, however busy the machine.
    assert result.answers.total() >= RATE
    assert {tick.stage for tick in ticks} == {"full"}
    assert ticks[0].requests <= ticks[-1].requests <= result.answers.total()
    assert result.percentiles.keys() == {50, 95, 99}


def test_errors_on_purpose_are_no_failures(api: SmallApi, tmp_path: Path) -> None:
    """Here with ids that the client chooses."""
    api.chosen_ids, api.error_each = True, 8
    _, result = run(plan(api, tmp_path, "errors", faults=True), tmp_path)
    assert result.answers == api.counts
    assert {key[2] for key in result.answers} >= {"400", "401", "404", "500"}
    assert (result.failures.total(), api.records) == (0, {})
    assert api.faults > 0


def test_other_errors_and_lost_answers_are_failures(api: SmallApi, tmp_path: Path) -> None:
    api.error_each, api.drop_each = 8, 5
    _, result = run(plan(api, tmp_path), tmp_path)
    wrong = {key: count for key, count in result.answers.items() if key[2] in ("0", "500")}
    assert {key[2] for key in wrong} == {"0", "500"}
    assert result.failures.total() == sum(wrong.values())
    assert any("no answer" in what for what in result.failures)
    assert any(what.endswith(" 500") for what in result.failures)
    assert result.answered.total() == result.answers.total() - sum(wrong[key] for key in wrong if key[2] == "0")


def test_the_key_is_in_its_file_alone(api: SmallApi, tmp_path: Path) -> None:
    assert KEY not in str(generator.environment(plan(api, tmp_path), tmp_path))


def test_a_watcher_that_fails_ends_the_load(api: SmallApi, tmp_path: Path) -> None:
    def fail(tick: Tick) -> None:
        raise LabError(f"enough at {tick.stage}")

    with pytest.raises(LabError, match="enough at full"):
        generator.drive(generator.interpreter(ROOT), plan(api, tmp_path), tmp_path, fail)
    assert api.counts.total() < SECONDS * RATE
    assert api.records == {}


def test_a_locust_that_breaks_is_told(api: SmallApi, tmp_path: Path) -> None:
    broken = plan(api, tmp_path)
    (tmp_path / "x-key").unlink()
    with pytest.raises(LabError, match=r"Locust ended with \d+ before the load did: .*x-key"):
        run(broken, tmp_path)


def test_without_locust_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"Locust is missing .*: run make setup"):
        generator.interpreter(tmp_path)
