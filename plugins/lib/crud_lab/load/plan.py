"""What a run of load does and when; read by the controller and, in another environment, by Locust."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from crud_lab.errors import LabError

# The environment variable that has a plan for Locust. It names the file with the key, never the key.
VARIABLE = "CRUD_LAB_LOAD_PLAN"
RATES = range(1, 1001)
SECONDS = range(5, 3601)
# Of the full rate: quiet enough for an autoscaler, and enough for a client to notice a failure.
QUIET_SHARE = 0.05
STEP_MARGIN = 10
SPIKE_SECONDS, SPIKE_PAUSE = 5, 10
QUIET, FULL = "quiet", "full"
# The life of a record in eight requests: one of each that writes, five that read …
LIFE = ("create", "read", "list", "read", "change", "read", "read", "remove")
# … or three that are refused among them.
LIFE_WITH_ERRORS = ("create", "read", "miss", "read", "change", "intrude", "garble", "remove")


@dataclass(frozen=True)
class Stage:
    """Some seconds at one rate, in requests per second."""

    name: str
    seconds: int
    rate: int


@dataclass(frozen=True)
class Plan:
    """One run: where, with what, when how much."""

    profile: str
    url: str
    resource: str
    # The field of an answer that has the id of a record.
    id_field: str
    record: dict[str, Any]
    changed: dict[str, Any]
    key_file: str
    # Whether clients choose the ids: each record then needs another one.
    chosen_ids: bool
    # Whether the API makes 5xx on demand.
    faults: bool
    stages: list[Stage]

    @property
    def seconds(self) -> int:
        """How long all of it takes."""
        return sum(stage.seconds for stage in self.stages)

    @property
    def errors(self) -> bool:
        """Whether some requests are meant to be refused."""
        return self.profile == "errors"

    @property
    def life(self) -> tuple[str, ...]:
        """The steps that a user takes, again and again."""
        return LIFE_WITH_ERRORS if self.errors else LIFE

    def at(self, seconds: float) -> Stage | None:
        """Give the stage at a moment after the start, None after the last one."""
        for stage in self.stages:
            seconds -= stage.seconds
            if seconds < 0:
                return stage
        return None

    def to_json(self) -> str:
        """Write it for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, text: str) -> Self:
        """Read what to_json wrote."""
        fields = json.loads(text)
        return cls(**{**fields, "stages": [Stage(**stage) for stage in fields["stages"]]})


def stages(profile: str, rate: int, seconds: int) -> list[Stage]:
    """Lay out a profile; a rate or a time that is out of bounds is refused."""
    _require("load_rate", rate, RATES, "requests per second")
    _require("load_seconds", seconds, SECONDS, "seconds")
    quiet = max(1, round(rate * QUIET_SHARE))
    if profile == "step":
        return [Stage(QUIET, STEP_MARGIN, quiet), Stage(FULL, seconds, rate), Stage(QUIET, STEP_MARGIN, quiet)]
    if profile == "spike":
        bursts = max(1, seconds // (SPIKE_PAUSE + SPIKE_SECONDS))
        return [Stage(QUIET, SPIKE_PAUSE, quiet), Stage(FULL, SPIKE_SECONDS, rate)] * bursts
    return [Stage(FULL, seconds, rate)]


def describe(profile: str, laid_out: Sequence[Stage]) -> str:
    """Say what a profile does, in a few words."""
    quiet, full = laid_out[0], max(laid_out, key=lambda stage: stage.rate)
    if profile == "step":
        return f"step, {full.seconds} s of {full.rate}/s between {quiet.seconds} s of {quiet.rate}/s"
    if profile == "spike":
        bursts = laid_out.count(full)
        return f"spike, {bursts} times {full.seconds} s of {full.rate}/s after {quiet.seconds} s of {quiet.rate}/s"
    return f"{profile}, {full.seconds} s of {full.rate}/s"


def _require(name: str, value: int, limits: range, unit: str) -> None:
    if value not in limits:
        wanted = f"{limits[0]} to {limits[-1]} {unit}"
        raise LabError(f"{name} is {value}, but must be {wanted}: give another with -e {name}=…")
