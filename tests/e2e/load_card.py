"""The result of run-load.yml, read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class LoadCard:
    """What Prometheus counted of a run, by route and status, by status, and by pod."""

    text: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Take what stands behind the recap."""
        assert text.startswith("load "), text
        return cls(text)

    @property
    def total(self) -> int:
        """All requests."""
        return sum(self._numbers(r"Prometheus +(\d+) requests"))

    @property
    def failed(self) -> int:
        """Those that should not have."""
        return sum(self._numbers(r"failed +(\d+)"))

    @property
    def by_route(self) -> int:
        """The sum over methods, routes and statuses."""
        return sum(self._numbers(r"[A-Z]+ /\S+ +\d+ +\d+ +(\d+)"))

    @property
    def by_status(self) -> int:
        """The sum over statuses."""
        return sum(self._numbers(r"by status +\d+ +\d+ +(\d+)"))

    @property
    def by_pod(self) -> int:
        """The sum over pods."""
        return sum(self.pods)

    @property
    def pods(self) -> list[int]:
        """How many each pod answered."""
        return self._numbers(r"crud-api-\S+ +(\d+) ")

    @property
    def replicas(self) -> list[int]:
        """How many pods were ready at the start, at most, at the end."""
        line = r"^replicas +(\d+) ready at the start, (\d+) at most, (\d+) at the end"
        match = re.search(line, self.text, re.MULTILINE)
        assert match, self.text
        return [int(number) for number in match.groups()]

    def _numbers(self, pattern: str) -> list[int]:
        return [int(number) for number in re.findall(f"^{pattern}", self.text, re.MULTILINE)]
