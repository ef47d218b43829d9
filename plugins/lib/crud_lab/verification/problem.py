"""What is broken, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Broken:
    """One broken link between a request and its answer."""

    seen: str
    fix: str


class VerifyError(Exception):
    """A proof that failed, with what was seen and a fix for when every deeper link is whole."""

    def __init__(self, seen: str, fix: str) -> None:
        """Keep the symptom; the walk along the chain may find its cause."""
        super().__init__(seen)
        self.broken = Broken(seen, fix)


class MetricsError(VerifyError):
    """A proof that failed on the way from the app's counters to Prometheus."""


def describe(symptom: Broken, causes: list[Broken]) -> str:
    """Return the chain from the symptom back to the first broken link, and that link's fix.

    `causes` come in the order of the links, so the first is the root and stands last in the chain.
    """
    chain = [symptom, *reversed(causes)]
    return " ← ".join(link.seen for link in chain) + f"\nFix: {chain[-1].fix}"
