"""A run of load: what is watched, waited for, killed, and in which order, on a clock that costs nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from crud_lab.errors import LabError
from crud_lab.load.counted import Counted
from crud_lab.load.generator import Result, Tick
from crud_lab.load.plan import Plan, stages
from crud_lab.load.run import LONGEST_WAIT, Outcome, Run
from crud_lab.verification.cluster import UnreachableError

RESULT = Result(40, Counter({("GET", "/items", "200"): 400}), Counter(), 0, {50: 0.01})


@dataclass
class World:
    """A clock, and pods by it."""

    pods: Callable[[float], int] = lambda _: 2
    least_pods: int | None = 2
    now: float = 0
    killed: str = ""
    told: list[str] = field(default_factory=list)
    books: list[frozenset[str]] = field(default_factory=list)

    def ready(self) -> frozenset[str]:
        return frozenset(f"pod-{number}" for number in range(self.pods(self.now))) - {self.killed}

    def least(self) -> int | None:
        return self.least_pods

    def kill(self, pod: str) -> None:
        self.killed = pod

    def open(self, pods: frozenset[str]) -> None:
        self.books.append(pods)

    def close(self, pods: frozenset[str]) -> Counted:
        self.books.append(pods)
        return Counted(RESULT.answers, Counter({"pod-0": 400}))

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def run(world: World, profile: str = "steady", *, kill_pod: bool = False, failed: int = 0) -> Outcome:
    plan = Plan(profile, "", "items", "item_id", {}, {}, "", False, False, stages(profile, 10, 20))

    def drive(note: Callable[[Tick], None]) -> Result:
        began = world.now
        while stage := plan.at(world.now - began):
            seconds = world.now - began
            note(Tick(stage.name, seconds, round(seconds * 10), failed if seconds > plan.seconds / 2 else 0))
            world.now += 1
        return Result(RESULT.seconds, RESULT.answers, Counter(failed * ["GET /items 503"]), 0, {})

    doing = Run(plan, drive, world, world, world.told.append, kill_pod, lambda: world.now, world.sleep)  # type: ignore[arg-type] # a stand-in for what asks a cluster
    return doing()


def test_it_counts_from_quiet_to_quiet_and_tells_how_it_gets_on() -> None:
    world = World()
    outcome = run(world)
    assert world.books == [world.ready(), world.ready()]
    assert [told for told in world.told if told.startswith(("0 s", "5 s", "15 s"))] == [
        "0 s of 20, 0 requests, now 0/s, 0 failed, 2 pods ready",
        "5 s of 20, 50 requests, now 10/s, 0 failed, 2 pods ready",
        "15 s of 20, 150 requests, now 10/s, 0 failed, 2 pods ready",
    ]
    assert (outcome.failed, outcome.kill, outcome.watch.most) == (0, None, 2)


def test_a_step_waits_until_it_is_calm_before_and_after() -> None:
    # Calm at 10; the load's full 20 seconds begin at 20, the third pod comes at 30 and goes at 100.
    world = World(lambda now: 3 if now < 10 or 30 <= now < 100 else 2)
    outcome = run(world, "step")
    assert outcome.watch.at_first == {"pod-0", "pod-1"}
    assert outcome.up_at == 20
    assert outcome.down_at == 40
    assert outcome.watch.most == 3
    assert world.now >= 100
    assert "the autoscaler has not come down to 2 yet" in world.told[-1]


def test_a_step_without_an_autoscaler_waits_for_nothing() -> None:
    world = World(least_pods=None)
    assert not run(world, "step").scaled
    assert world.now == 40


def test_the_longest_wait_ends() -> None:
    world = World(lambda now: 3 if now > 30 else 2)
    assert len(run(world, "step").watch.seen[-1].ready) == 3
    assert world.now == pytest.approx(40 + LONGEST_WAIT, abs=5)


def test_a_kill_is_in_the_middle_and_its_failures_are_no_failed_run() -> None:
    world = World(lambda now: 2 if now < 15 else 3)
    outcome = run(world, kill_pod=True, failed=4)
    assert outcome.kill
    assert (outcome.kill.pod, outcome.kill.seconds, outcome.failed) == ("pod-0", 10, 0)
    # It is looked every two seconds; the third pod comes five after the kill at 10.
    assert outcome.watch.first(outcome.kill.moment, outcome.kill.is_over) == 6


def test_failures_without_a_kill_are_a_failed_run() -> None:
    assert run(World(), failed=4).failed == 4


def test_an_api_server_that_is_busy_is_looked_at_again() -> None:
    def pods(now: float) -> int:
        if 5 < now < 10:
            raise UnreachableError("busy")
        return 2

    assert run(World(pods)).watch.throughout == {"pod-0", "pod-1"}


def test_without_a_pod_nothing_is_sent() -> None:
    with pytest.raises(LabError, match=r"No pod of the app is ready: run .* --tags app"):
        run(World(lambda _: 0))
