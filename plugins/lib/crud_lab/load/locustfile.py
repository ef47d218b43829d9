"""What Locust runs: users that keep the beat of one request per second through the lives of their records.

It runs in an environment of its own, hears its plan from there, and tells its parent in lines of JSON how it gets on.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from typing import Any

import gevent
from locust import LoadTestShape, events, task

from crud_lab.load.caller import KEY, PLAN, TALLY, Caller

BEAT = 1.0
# Multiples of it, modulo one, are spread evenly however many there are: so users don't send all at once.
GOLDEN = 0.618034
# What a fault on demand is asked for, again and again, since each pod has its own and the Ingress chooses the pod.
FAULT = {"seconds": 5, "error_rate": 0.1}
TRIES = 20
NUMBERS = itertools.count()


class Client(Caller):
    """Creates a record, reads it, lists, changes it, removes it, and again."""

    def __init__(self, environment: Any) -> None:
        """Take a place in the beat, and another in the life than one's neighbours."""
        super().__init__(environment)
        self.turn = next(NUMBERS)
        self.due = time.perf_counter() + self.turn * GOLDEN % 1 * BEAT
        self.record = ""

    @task  # type: ignore[untyped-decorator] # Locust is not installed where this is checked
    def live(self) -> None:
        """Take the next step at its time; what needs a record and has none creates it.

        The wait is not left to Locust, which ends users while they wait: one whose time comes in that moment would be
        ended within a request, which the server counts and Locust does not.
        """
        now = time.perf_counter()
        gevent.sleep(max(0.0, self.due - now))
        # What comes late is not made up for.
        self.due = max(self.due, now) + BEAT
        step = PLAN.life[self.turn % len(PLAN.life)]
        self.turn += 1
        needs_record = step in ("read", "change", "remove")
        getattr(self, "create" if needs_record and not self.record else step)()

    def on_stop(self) -> None:
        """Leave no record behind, even where faults are in the way."""
        for _ in range(TRIES):
            if not self.record:
                return
            self.remove()
            gevent.sleep(0.5 if self.record else 0)

    def create(self) -> None:
        """Create a record, or keep the one that could not be removed."""
        if self.record:
            self.read()
            return
        chosen = {PLAN.id_field: f"load-{os.getpid()}-{self.turn}-{next(NUMBERS)}"} if PLAN.chosen_ids else {}
        status, answer = self.call("POST", 201, body=PLAN.record | chosen)
        if status == 201:  # noqa: PLR2004 - HTTP's number for Created
            self.record = json.loads(answer)[PLAN.id_field]
        TALLY.lost += not status

    def read(self) -> None:
        """Read the record."""
        self.call("GET", 200, self.record)

    def list(self) -> None:
        """Read the first records."""
        self.call("GET", 200, query="?limit=10")

    def change(self) -> None:
        """Replace the record."""
        self.call("PUT", 200, self.record, body=PLAN.changed)

    def remove(self) -> None:
        """Remove the record; it may be gone already where the answer to the first try was lost."""
        if self.call("DELETE", 204, self.record, or_else=(404,))[0] in (204, 404):
            self.record = ""

    def miss(self) -> None:
        """Read a record that there is not."""
        self.call("GET", 404, "load-no-such-record")

    def intrude(self) -> None:
        """Try to create one without a key."""
        self.call("POST", 401, body=PLAN.record, key="")

    def garble(self) -> None:
        """Send what is no JSON."""
        self.call("POST", 400, body='{"')


class Shape(LoadTestShape):  # type: ignore[misc] # Locust is not installed where this is checked
    """As many users as requests per second are planned."""

    def tick(self) -> tuple[int, float] | None:
        """Give the number of users now, and that all come at once."""
        stage = PLAN.at(self.get_run_time())
        return (stage.rate, stage.rate) if stage else None


@events.test_start.add_listener  # type: ignore[untyped-decorator] # Locust is not installed where this is checked
def begin(environment: Any, **_: Any) -> None:
    """Start to tell, and to ask for faults."""
    TALLY.begin()
    gevent.spawn(keep_telling, environment)
    if PLAN.errors and PLAN.faults:
        gevent.spawn(keep_asking_for_faults, Client(environment))


def keep_telling(environment: Any) -> None:
    """Tell once per second; stop the load when nobody listens any more."""
    while stage := PLAN.at(TALLY.seconds):
        try:
            TALLY.tell_tick(stage.name)
        except OSError:
            environment.runner.quit()
            return
        gevent.sleep(1)


def keep_asking_for_faults(client: Client) -> None:
    """Ask once per second, until shortly before the end; what is outside of `with` Locust does not count."""
    while PLAN.at(TALLY.seconds):
        headers = {"X-Key": KEY, "Content-Type": "application/json"}
        client.client.request("PUT", "/faults", data=json.dumps(FAULT), headers=headers, catch_response=True)
        gevent.sleep(1)


@events.quitting.add_listener  # type: ignore[untyped-decorator] # Locust is not installed where this is checked
def end(environment: Any, **_: Any) -> None:
    """Tell the result: all users have stopped and cleaned up."""
    total = environment.stats.total
    TALLY.tell_result({rank: total.get_response_time_percentile(rank / 100) / 1000 for rank in (50, 95, 99)})
