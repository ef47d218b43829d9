"""The table that the bench prints, and the sizes that it reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bench.figures import Figures
from bench.takes import size

ROOT = Path(__file__).resolve().parents[2]


def test_all_that_the_readme_says_a_lab_takes_is_measured() -> None:
    section = (
        (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## What it takes\n")[2].partition("\n## ")[0]
    )
    claims = [label.replace("`", "") for label in re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)]
    assert len(claims) > 5
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/bench").glob("*.py"))
    assert [claim for claim in claims if claim not in source] == []


def test_a_line_has_the_median_and_each_rounds_value() -> None:
    figures = Figures()
    for seconds in (30.04, 10.0, 20.0):
        figures.add("teardown", seconds, "s")
    assert [line.split() for line in figures.lines()] == [["teardown", "20.0", "s", "(30.0,", "10.0,", "20.0)"]]


def test_a_single_value_stands_alone() -> None:
    figures = Figures()
    figures.add("the bundle", 1234.4, "MB")
    assert [line.split() for line in figures.lines()] == [["the", "bundle", "1234", "MB"]]


def test_ratios_are_those_of_each_round() -> None:
    """So what slows the machine in one round slows both."""
    figures = Figures()
    for site, hand in ((100, 50), (300, 100)):
        figures.add("site", site, "s")
        figures.add("hand", hand, "s")
    figures.add_ratios("site", "hand")
    assert figures.lines()[-1].split() == ["site", "/", "hand", "2.50", "(2.00,", "3.00)"]


def test_there_is_no_ratio_to_what_was_not_measured() -> None:
    figures = Figures()
    figures.add("hand", 40, "s")
    figures.add_ratios("site", "hand")
    assert len(figures.lines()) == 1


@pytest.mark.parametrize(
    ("text", "megabytes"), [("1.5GB", 1500), ("37.2MB", 37.2), ("512kB", 0.512), ("1GiB", 1073.741824), ("0B", 0)]
)
def test_sizes_are_read_as_docker_writes_them(text: str, megabytes: float) -> None:
    assert size(text) == pytest.approx(megabytes)
