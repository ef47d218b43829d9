"""Prometheus' rules: well-formed, right on made-up series, and nothing in them can change unnoticed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from mutants import Mutant, mutants
from promtool import RULE_FILES, TESTS, promtool

# How the tests name the rules' directory.
WHERE = "../../roles/prometheus/files/rules"


def test_promtool_finds_nothing_to_say_about_the_rules() -> None:
    done = promtool("check", "rules", "--lint=all", "--lint-fatal", *RULE_FILES)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name.removesuffix(".test.yml"))
def test_rules_do_what_they_say(path: Path) -> None:
    done = promtool("test", "rules", path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_rule_is_tested() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in TESTS)
    names = [rule.get("alert") or rule["record"] for _, rule in _rules()]
    assert [name for name in names if name not in tests] == []


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.stem)
def test_a_changed_number_is_noticed(path: Path) -> None:
    """Else a threshold or a duration could be wrong, and all tests would pass."""
    changed = list(mutants(yaml.safe_load(path.read_text(encoding="utf-8"))))
    assert changed
    with ThreadPoolExecutor() as pool:
        noticed = pool.map(lambda mutant: _notice(path.name, mutant), changed)
        assert [mutant.change for mutant, seen in zip(changed, noticed, strict=True) if not seen] == []


def _rules() -> Iterator[tuple[Path, dict[str, str]]]:
    for path in RULE_FILES:
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            for rule in group["rules"]:
                yield path, rule


def _notice(file: str, mutant: Mutant) -> bool:
    """Whether a test that names the rule fails when it is changed so."""
    with TemporaryDirectory() as scratch:
        rules = Path(scratch) / "rules"
        rules.mkdir()
        for path in RULE_FILES:
            (rules / path.name).write_bytes(path.read_bytes())
        (rules / file).write_text(yaml.safe_dump(mutant.content), encoding="utf-8")
        assert promtool("check", "rules", rules / file).returncode == 0, mutant.change
        for path in TESTS:
            text = path.read_text(encoding="utf-8")
            if mutant.rule in text:
                copy = Path(scratch) / path.name
                copy.write_text(text.replace(WHERE, str(rules)), encoding="utf-8")
                if promtool("test", "rules", copy).returncode:
                    return True
    return False
