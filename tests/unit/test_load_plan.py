"""Profiles of load: how much, when, and within which bounds."""

from __future__ import annotations

import pytest
from crud_lab.errors import LabError
from crud_lab.load.plan import Plan, Stage, describe, stages


def plan(profile: str, rate: int, seconds: int) -> Plan:
    laid_out = stages(profile, rate, seconds)
    return Plan(profile, "http://api", "items", "item_id", {"name": "a"}, {"name": "b"}, "/key", False, False, laid_out)


@pytest.mark.parametrize("profile", ["steady", "errors"])
def test_one_rate(profile: str) -> None:
    assert stages(profile, 20, 60) == [Stage("full", 60, 20)]


def test_a_step_is_between_quiet_seconds() -> None:
    assert stages("step", 100, 30) == [Stage("quiet", 10, 5), Stage("full", 30, 100), Stage("quiet", 10, 5)]


@pytest.mark.parametrize(("seconds", "bursts"), [(5, 1), (29, 1), (60, 4)])
def test_spikes_fill_the_time(seconds: int, bursts: int) -> None:
    assert stages("spike", 10, seconds) == [Stage("quiet", 10, 1), Stage("full", 5, 10)] * bursts


@pytest.mark.parametrize(
    ("seconds", "name"), [(0, "quiet"), (9.9, "quiet"), (10, "full"), (39.9, "full"), (40, "quiet"), (50, None)]
)
def test_each_moment_has_its_stage(seconds: float, name: str | None) -> None:
    stage = plan("step", 100, 30).at(seconds)
    assert (stage.name if stage else None) == name


def test_a_plan_survives_the_way_to_another_process() -> None:
    original = plan("spike", 10, 30)
    assert Plan.of_json(original.to_json()) == original
    assert original.seconds == 30


@pytest.mark.parametrize(
    ("rate", "seconds", "sentence"),
    [
        (0, 60, "load_rate is 0, but must be 1 to 1000 requests per second: give another with -e load_rate="),
        (1001, 60, "load_rate is 1001"),
        (20, 4, "load_seconds is 4, but must be 5 to 3600 seconds"),
        (20, 3601, "load_seconds is 3601"),
    ],
)
def test_what_is_out_of_bounds_is_refused(rate: int, seconds: int, sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        stages("steady", rate, seconds)


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("steady", "steady, 30 s of 40/s"),
        ("step", "step, 30 s of 40/s between 10 s of 2/s"),
        ("spike", "spike, 2 times 5 s of 40/s after 10 s of 2/s"),
    ],
)
def test_a_profile_is_told_in_a_few_words(profile: str, said: str) -> None:
    assert describe(profile, stages(profile, 40, 30)) == said
