"""The findings of a check, and the one line that tells an instructor all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Requirement:
    """What must be so, and a sentence for where it is not: what is found, why it matters, the way out."""

    name: str
    met: bool
    otherwise: str
    admin: bool = False

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Requirement:
        """Read one as a role writes it."""
        return cls(given["name"], bool(given["met"]), str(given["otherwise"]).strip(), bool(given.get("admin", False)))

    @property
    def finding(self) -> str:
        """The sentence, and whether an administrator is needed."""
        return f"{self.otherwise} [needs an administrator]" if self.admin else self.otherwise


def unmet(requirements: Iterable[Requirement]) -> list[Requirement]:
    """Give those that are not so."""
    return [each for each in requirements if not each.met]


def line(machine: str, findings: list[Requirement]) -> str:
    """Sum up in a line without secrets or names of users: READY, or FIX or ADMIN with what is amiss."""
    machine = " ".join(machine.split())
    if not findings:
        return f"READY {machine}"
    verdict = "ADMIN" if any(each.admin for each in findings) else "FIX"
    return f"{verdict} {machine}: {', '.join(each.name for each in findings)}"
