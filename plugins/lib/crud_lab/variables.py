"""Are all variables of a run known, and of the right kind?"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crud_lab import values
from crud_lab.errors import LabError
from crud_lab.specs import Option

PORT_NAMES = ("lab_ssh_port", "lab_api_port", "lab_http_port")
# No input of any role: Ansible's own, what tests give to each other, and what the callback reads from a task.
OTHERS = ("ansible_", "lab_test_", "lab_usual_seconds")
# A value made of these depends on stages that may not have run yet.
LEARNED_LATER = ("lab_learned", "lab_manifest")


@dataclass(frozen=True)
class Scope:
    """The variables of one host: as they were written, and how to evaluate one (which may raise LabError)."""

    raw: Mapping[str, Any]
    evaluate: Callable[[str], Any]


class Checker:
    """Finds what is wrong with the variables of a run."""

    def __init__(
        self,
        options: Iterable[Option],
        roles: Iterable[str],
        given: Iterable[str],
        chosen: Mapping[str, str] | None = None,
    ) -> None:
        """Take the documented variables, the roles, the names that -e gave, and those in files, each with its path."""
        self.options = list(options)
        self.names = {option.name for option in self.options}
        self.prefixes = tuple(f"{owner}_" for owner in ("lab", *roles))
        self.given = set(given)
        self.chosen = {name: path for name, path in (chosen or {}).items() if name not in self.given}

    def problems(self, scopes: Iterable[Scope]) -> list[str]:
        """Give one sentence per problem, each with its fix; the same problem once for all hosts."""
        found: dict[str, None] = dict.fromkeys(self._unknown(self.given))
        for scope in scopes:
            ours = {name for name in scope.raw if name.startswith(self.prefixes)} | self.chosen.keys()
            found |= dict.fromkeys(self._unknown(ours - self.given))
            found |= dict.fromkeys(self._unfit(scope))
        return list(found)

    def _unknown(self, names: Iterable[str]) -> Iterator[str]:
        for name in sorted(set(names) - self.names):
            if name.startswith(OTHERS):
                continue
            near = _nearest(name, self.names)
            guess = f"did you mean {' or '.join(near)}?" if near else "the tables in roles/*/README.md list all."
            place = f" in {self.chosen[name]}" if name in self.chosen else ""
            yield f"{name}{place} is no variable of this lab: {guess}"

    def _unfit(self, scope: Scope) -> Iterator[str]:
        fit: dict[str, Any] = {}
        for option in self.options:
            if option.name in scope.raw:
                try:
                    problems = list(self._problems_of(option, scope, fit))
                except LabError as error:
                    problems = [f"{option.name} can't be evaluated ({error})"]
                for problem in problems:
                    yield f"{problem}: {self._fix(option.name)}."
            elif option.required and option.name.startswith("lab_"):
                yield f"{option.name} is not set: set it in inventory/group_vars/all/lab.yml."
        yield from _ports_used_twice(fit)

    def _problems_of(self, option: Option, scope: Scope, fit: dict[str, Any]) -> Iterator[str]:
        raw = scope.raw[option.name]
        if "default" in option.spec and raw == option.spec["default"]:
            return
        if isinstance(raw, str) and any(name in raw for name in LEARNED_LATER):
            return
        value = scope.evaluate(option.name)
        problems = list(values.problems(option.name, value, option.spec))
        if not problems:
            fit[option.name] = value
        yield from problems

    def _fix(self, name: str) -> str:
        if name in self.given:
            return f"correct what -e gives for {name}"
        return f"correct it in {self.chosen.get(name, 'inventory/group_vars/')} or give another with -e"


def _nearest(name: str, known: Iterable[str]) -> list[str]:
    """Give the likeliest name, and others only where they are about as likely."""
    scores = {other: difflib.SequenceMatcher(None, name, other).ratio() for other in known}
    likely = max(scores.values(), default=0) - 0.05
    return [other for other in sorted(scores) if scores[other] >= max(likely, 0.7)]


def _ports_used_twice(fit: Mapping[str, Any]) -> Iterator[str]:
    users = defaultdict(list)
    for name in PORT_NAMES:
        if name in fit:
            users[int(fit[name])].append(name)
    for port, names in users.items():
        if len(names) > 1:
            yield f"{' and '.join(names)} are the same port, {port}: give each its own."
