"""What a run may do, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Settings:
    """The limits of a run, and what it may do."""

    timeout: float = 1800
    patience: float = 300
    grow: bool = False
    check_mode: bool = False
    # The networks of Kubernetes' pods and Services, whose addresses are inside the instance.
    inner: tuple[str, ...] = ("10.42.0.0/16", "10.43.0.0/16")


@dataclass
class Outcome:
    """What was found, what was done and what is left to do."""

    state: str
    before: dict[str, Any]
    after: dict[str, Any]
    facts: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    changed: bool = False
