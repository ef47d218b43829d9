"""What Locust's side tells: lines of JSON on its standard output, from the counts of what was sent."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from typing import Any


class Tally:
    """What was sent and what came of it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._answers: Counter[tuple[str, str, int]] = Counter()
        self._failures: Counter[str] = Counter()
        self._began = time.perf_counter()
        # Records that may be left: the answer to their creation never came.
        self.lost = 0

    def begin(self) -> None:
        """Start the clock."""
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        """How long ago the load began."""
        return time.perf_counter() - self._began

    def count(self, method: str, route: str, status: int, failure: str) -> None:
        """Count one request; status 0 is no answer, a failure that is empty none."""
        self._answers[method, route, status] += 1
        if failure:
            self._failures[f"{method} {route} {failure}"] += 1

    def tell_tick(self, stage: str) -> None:
        """Say how far it is."""
        _tell(self._so_far(stage))

    def tell_result(self, percentiles: dict[int, float]) -> None:
        """Say all, at the end."""
        answers = [[*key, count] for key, count in sorted(self._answers.items())]
        told = {"answers": answers, "failures": self._failures, "lost": self.lost, "percentiles": percentiles}
        _tell({**self._so_far(""), **told})

    def _so_far(self, stage: str) -> dict[str, Any]:
        requests, failed = self._answers.total(), self._failures.total()
        return {"stage": stage, "seconds": self.seconds, "requests": requests, "failed": failed}


def _tell(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
