"""A run of load from a quiet start to a quiet end: driven, watched, counted."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from crud_lab.errors import LabError
from crud_lab.load.counted import Book, Counted
from crud_lab.load.generator import Result, Tick
from crud_lab.load.plan import FULL, QUIET, Plan
from crud_lab.load.replicas import Replicas, Watch, pods

TELL_SECONDS = 5
# Each look at the pods is a start of kubectl, which takes from what the lab has.
LOOK_SECONDS = 2
# An autoscaler waits for a calm minute and then goes down by one each quarter of one.
LONGEST_WAIT = 300


@dataclass(frozen=True)
class Kill:
    """The end of a pod in the middle of the load."""

    pod: str
    # On the watch's clock, and since the load began.
    moment: float
    seconds: float
    # How many pods were ready, and how many requests had failed.
    ready_before: int
    failed_before: int

    def is_over(self, ready: Collection[str]) -> bool:
        """Whether as many pods are ready as before."""
        return self.pod not in ready and len(ready) >= self.ready_before


@dataclass(frozen=True)
class Outcome:
    """All that is known of a run at its end."""

    plan: Plan
    result: Result
    counted: Counted
    watch: Watch
    # Whether an autoscaler may have changed the number of pods.
    scaled: bool
    # When the load went to its full rate, and down from it.
    up_at: float | None
    down_at: float | None
    kill: Kill | None

    @property
    def failed(self) -> int:
        """How many requests failed that should not have; those after a kill are what it is to show."""
        return self.kill.failed_before if self.kill else self.result.failures.total()


@dataclass
class Run:
    """What a run needs, and what it notes on its way."""

    plan: Plan
    # Sends what is planned, and gives a tick per second to what it is called with.
    drive: Callable[[Callable[[Tick], None]], Result]
    replicas: Replicas
    book: Book
    tell: Callable[[str], None]
    kill_pod: bool = False
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _kill: Kill | None = None
    _up_at: float | None = None
    _down_at: float | None = None
    _told: float = field(default=float("-inf"))
    _last: Tick = field(default=Tick(QUIET, 0, 0, 0))
    _looked: float = field(default=float("-inf"))

    def __call__(self) -> Outcome:
        """Do it."""
        least = self.replicas.least()
        if not self.replicas.ready():
            raise LabError("No pod of the app is ready: run ansible-playbook site.yml --tags app, then this again.")
        if self.plan.profile == "step" and least is not None:
            self._wait_until_calm(least, Watch(self.replicas.ready, self.clock))
        self.tell("waits for a scrape of every pod, so that the start is quiet")
        self.book.open(self.replicas.ready())
        watch = Watch(self.replicas.ready, self.clock)
        watch()
        result = self.drive(functools.partial(self._note, watch))
        self.tell("waits for a scrape of every pod, so that the end is quiet")
        counted = self.book.close(watch())
        if kill := self._kill:
            self._wait_until(lambda: kill.is_over(watch()), "the killed pod's successor is not ready yet")
        if self.plan.profile == "step" and least is not None:
            self._wait_until_calm(len(watch.at_first), watch)
        return Outcome(self.plan, result, counted, watch, least is not None, self._up_at, self._down_at, self._kill)

    def _note(self, watch: Watch, tick: Tick) -> None:
        now = self.clock()
        if tick.stage == FULL and self._up_at is None:
            self._up_at = now
        if tick.stage == QUIET and self._up_at is not None and self._down_at is None:
            self._down_at = now
        if self.kill_pod and not self._kill and tick.seconds >= self.plan.seconds / 2 and (ready := watch()):
            self._kill = Kill(min(ready), self.clock(), tick.seconds, len(ready), tick.failed)
            self.tell(f"kills the pod {self._kill.pod}")
            self.replicas.kill(self._kill.pod)
        if now - self._looked >= LOOK_SECONDS:
            watch()
            self._looked = now
        if now - self._told >= TELL_SECONDS:
            seconds = tick.seconds - self._last.seconds
            rate = (tick.requests - self._last.requests) / seconds if seconds else 0
            self.tell(
                f"{tick.seconds:.0f} s of {self.plan.seconds}, {tick.requests} requests, now {rate:.0f}/s, "
                f"{tick.failed} failed, {pods(len(watch.seen[-1].ready))} ready"
            )
            self._told, self._last = now, tick

    def _wait_until_calm(self, least: int, watch: Watch) -> None:
        self._wait_until(lambda: len(watch()) <= least, f"the autoscaler has not come down to {least} yet")

    def _wait_until(self, condition: Callable[[], bool], told: str) -> None:
        """Wait, and go on after the longest wait: the report says what did not come."""
        began = self.clock()
        while not condition() and (waited := self.clock() - began) < LONGEST_WAIT:
            if self.clock() - self._told >= TELL_SECONDS:
                self.tell(f"waits, {waited:.0f} s so far: {told}")
                self._told = self.clock()
            self.sleep(LOOK_SECONDS)
