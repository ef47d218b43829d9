"""Rules with one number, window or duration changed: the tests must tell each of them from the real one."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

RuleFile = dict[str, Any]
# What stands in quotes is a label's value; 1e-9 stands for "not quite 0", whatever its size.
NUMBER = re.compile(r'"[^"]*"|\[\w+\]|1e-9|(?<![\w.])\d+(?:\.\d+)?(?:e\d+)?(?![\w.])')
# Gives a sum without series the labels of another: 0 times that sum.
NOTHING = re.compile(r"\bor 0 \*")
WINDOW = re.compile(r"\[(\w+)\]")
DURATION = re.compile(r"(\d+)([smhd])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Mutant:
    """A rule file in which one rule is changed."""

    rule: str
    change: str
    content: RuleFile


def mutants(content: RuleFile) -> Iterator[Mutant]:
    """Change one thing at a time: a number or a rule's windows by a tenth, a factor of 0, an alert's wait by half."""
    for group_number, group in enumerate(content["groups"]):
        for rule_number, rule in enumerate(group["rules"]):
            for key, value in _changes(rule):
                changed = copy.deepcopy(content)
                changed["groups"][group_number]["rules"][rule_number][key] = value
                name = rule.get("alert") or rule["record"]
                yield Mutant(name, f"{name}: {key} {' '.join(value.split())}", changed)


def _changes(rule: dict[str, Any]) -> Iterator[tuple[str, str]]:
    expression = rule["expr"]
    for factor in (0.9, 1.1):
        for match in NUMBER.finditer(expression):
            if match[0][0].isdigit() and match[0] not in ("0", "1e-9"):
                yield "expr", f"{expression[: match.start()]}{float(match[0]) * factor:g}{expression[match.end() :]}"
        if WINDOW.search(expression):
            yield "expr", _with_windows(expression, factor)
    for match in NOTHING.finditer(expression):
        yield "expr", f"{expression[: match.start()]}or 1 *{expression[match.end() :]}"
    if "for" in rule:
        for factor in (0.5, 1.5):
            yield "for", _duration(rule["for"], factor)


def _with_windows(expression: str, factor: float) -> str:
    return WINDOW.sub(lambda match: f"[{_duration(match[1], factor)}]", expression)


def _duration(text: str, factor: float) -> str:
    seconds = sum(int(count) * SECONDS[unit] for count, unit in DURATION.findall(text))
    return f"{round(seconds * factor * 1000)}ms"
