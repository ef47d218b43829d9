"""Time, so that tests need not wait for it."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Seconds since some moment, and a way to let some pass."""

    def __init__(self, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        """Take the system's time, or a test's."""
        self.now = now
        self.sleep = sleep


class Deadline:
    """A moment after which nothing is waited for any more."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        """Begin to count."""
        self._clock = clock
        self._end = clock.now() + seconds

    @property
    def left(self) -> float:
        """The seconds that are left, none below 1, since a call needs some."""
        return max(1.0, self._end - self._clock.now())

    @property
    def passed(self) -> bool:
        """Whether it is over."""
        return self._clock.now() >= self._end

    def pause(self, seconds: float) -> None:
        """Let some time pass before the next look."""
        self._clock.sleep(seconds)
