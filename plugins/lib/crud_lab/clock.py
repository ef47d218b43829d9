"""Whether this machine's clock is behind. That it is ahead can't be known without asking the network."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from crud_lab.asked import output_of

# More than clocks of people who commit differ, or the two systems of one laptop.
DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Clock:
    """What the clock says, and a time that has surely passed; both in seconds since 1970."""

    now: float
    passed: float

    @property
    def behind(self) -> bool:
        """Tell whether the clock is so far behind that it can't be a matter of other people's clocks."""
        return self.now < self.passed - DAY

    def facts(self) -> dict[str, str | bool]:
        """Give both days in UTC, and whether the clock is behind."""
        return {"behind": self.behind, "today": _day(self.now), "passed": _day(self.passed)}


def read(checkout: Path) -> Clock:
    """Read this machine's clock, and the time of the checkout's newest commit, or of its site.yml without git."""
    return Clock(time.time(), _committed(checkout) or (checkout / "site.yml").stat().st_mtime)


def _committed(checkout: Path) -> float:
    try:
        return float(output_of("git", "-C", str(checkout), "log", "-1", "--format=%ct"))
    except ValueError:
        return 0


def _day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))
