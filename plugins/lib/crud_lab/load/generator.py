"""Locust in a process of its own: it brings Flask, pytest and more, which must not meet what Ansible runs with."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crud_lab.errors import LabError
from crud_lab.load.plan import VARIABLE, Plan
from crud_lab.verification.counters import Counts

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
LIBRARY = LOCUSTFILE.parents[2]
# Longer than a request may take, so that each one ends and is counted.
STOP_SECONDS = 30
NO_ANSWER = "0"


@dataclass(frozen=True)
class Tick:
    """How far it is."""

    stage: str
    seconds: float
    requests: int
    failed: int


@dataclass(frozen=True)
class Result:
    """What the client saw in all."""

    seconds: float
    # By method, route and status; "0" is no answer.
    answers: Counts
    # What failed that should not have.
    failures: Counter[str]
    lost: int
    percentiles: dict[int, float]

    @property
    def answered(self) -> Counts:
        """What a server can have counted."""
        return Counter({key: count for key, count in self.answers.items() if key[2] != NO_ANSWER})


def interpreter(root: Path) -> Path:
    """Return the Python of the environment that has Locust."""
    python = root / ".venv/load/bin/python"
    if not python.exists():
        raise LabError(f"Locust is missing ({python}): run make setup, once, with a network, and then this again.")
    return python


def environment(plan: Plan, home: Path) -> dict[str, str]:
    """Return all that Locust gets to know from outside: no proxy, and none of the user's settings for it."""
    return {
        "HOME": str(home),
        "PATH": os.environ.get("PATH", ""),
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(LIBRARY),
        VARIABLE: plan.to_json(),
    }


def drive(python: Path, plan: Plan, home: Path, note: Callable[[Tick], None]) -> Result:
    """Run the plan, with a tick per second for whoever watches; return the result when all is cleaned up."""
    options = ("--headless", "--only-summary", "--skip-log-setup", "--exit-code-on-error=0")
    command = [str(python), "-P", "-m", "locust", f"--locustfile={LOCUSTFILE}", f"--stop-timeout={STOP_SECONDS}"]
    with tempfile.TemporaryFile("w+") as errors:
        locust = subprocess.Popen(
            [*command, *options],
            cwd=home,
            env=environment(plan, home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        result = None
        with closing(_lines(locust)) as lines:
            for line in lines:
                message = json.loads(line)
                if "answers" in message:
                    result = _read(message)
                else:
                    note(Tick(**message))
        if result and not locust.returncode:
            return result
        errors.seek(0)
        said = errors.read().strip().splitlines()[-1:] or ["it said nothing"]
        raise LabError(f"Locust ended with {locust.returncode} before the load did: {said[0]}")


def _lines(locust: subprocess.Popen[str]) -> Generator[str]:
    """Give the lines of a process; it has ended when they have, whoever stops to read them."""
    assert locust.stdout is not None  # noqa: S101 - a pipe was asked for
    try:
        # Not the file itself, which would be closed with this generator.
        yield from iter(locust.stdout.readline, "")
    finally:
        # Of no effect where it has ended; else it still cleans up, as long as somebody listens.
        locust.terminate()
        locust.communicate()


def _read(message: dict[str, Any]) -> Result:
    return Result(
        seconds=message["seconds"],
        answers=Counter({(method, route, str(status)): count for method, route, status, count in message["answers"]}),
        failures=Counter(message["failures"]),
        lost=message["lost"],
        percentiles={int(rank): seconds for rank, seconds in message["percentiles"].items()},
    )
