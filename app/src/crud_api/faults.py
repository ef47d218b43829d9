"""Faults on demand, for exercises: each lasts as long as it was asked to, and only the API's own routes feel it."""

import logging
import mmap
import os
import random
import threading
import time
from functools import partial
from typing import Annotated, Any

from prometheus_client import CollectorRegistry, Gauge
from pydantic import BaseModel, ConfigDict, Field

from .problems import Problem

LONGEST_SECONDS = 3600
MOST_MEMORY = 1024**3
TICK_SECONDS = 0.1

log = logging.getLogger(__name__)


class Order(BaseModel):
    """What is asked for; all of it ends after `seconds`."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    seconds: Annotated[float, Field(gt=0, le=LONGEST_SECONDS)]
    error_rate: Annotated[float, Field(ge=0, le=1)] = 0.0
    latency_milliseconds: Annotated[int, Field(ge=0, le=60_000)] = 0
    not_ready: bool = False
    memory_bytes_per_second: Annotated[int, Field(ge=0, le=256 * 1024**2)] = 0
    crash: bool = False

    @property
    def names(self) -> list[str]:
        """The faults in it."""
        return [name for name in NAMES if getattr(self, name)]


NAMES = [name for name in Order.model_fields if name != "seconds"]
NONE = Order(seconds=LONGEST_SECONDS)


class Faults:
    """The faults under way."""

    def __init__(self) -> None:
        """Start without any."""
        self._order, self._end = NONE, 0.0
        self._lock = threading.Lock()

    @property
    def order(self) -> Order:
        """What is in force now."""
        return self._order if time.monotonic() < self._end else NONE

    @property
    def seconds_left(self) -> float:
        """How long it still is."""
        return max(0.0, round(self._end - time.monotonic(), 1)) if self.order.names else 0.0

    def begin(self, order: Order) -> None:
        """Put an order in the place of the one before."""
        with self._lock:
            self._end = 0.0
            self._order = order
            self._end = time.monotonic() + order.seconds
        log.warning("faults begin", extra={"fields": order.model_dump()})
        if order.memory_bytes_per_second:
            self._start("memory", self._grow, order)
        if order.crash:
            self._start("crash", self._crash)

    def end(self) -> None:
        """End what is under way."""
        self._end = 0.0
        log.warning("faults end")

    def strike(self) -> None:
        """Let a request of the API feel them."""
        order = self.order
        if order.latency_milliseconds:
            time.sleep(order.latency_milliseconds / 1000)
        if order.error_rate and random.random() < order.error_rate:  # noqa: S311 - dice, not secrets
            raise Problem(500, "A fault on demand: this error was asked for.")

    def show(self) -> dict[str, Any]:
        """Describe what is in force."""
        order = self.order
        return {name: getattr(order, name) for name in order.names} | {"seconds_left": self.seconds_left}

    def measure(self, registry: CollectorRegistry) -> None:
        """Show in the metrics which fault is active."""
        gauge = Gauge("crud_fault_active", "1 while the fault was asked for", ["fault"], registry=registry)
        for name in NAMES:
            gauge.labels(name).set_function(partial(self._is_active, name))

    def _is_active(self, name: str) -> bool:
        return bool(getattr(self.order, name))

    def _grow(self, order: Order) -> None:
        piece = max(1, int(order.memory_bytes_per_second * TICK_SECONDS))
        grown = 0
        # A mapping of its own, as malloc may keep what is freed. A page costs nothing until it is written to.
        with mmap.mmap(-1, MOST_MEMORY, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
            while self.order is order:
                start, grown = grown, min(grown + piece, MOST_MEMORY)
                memory[start : grown : mmap.PAGESIZE] = bytes(len(range(start, grown, mmap.PAGESIZE)))
                time.sleep(TICK_SECONDS)

    def _crash(self) -> None:
        # After the answer, so that whoever asked knows.
        time.sleep(TICK_SECONDS)
        os._exit(1)

    @staticmethod
    def _start(name: str, work: Any, *arguments: Any) -> None:
        threading.Thread(target=work, args=arguments, name=name, daemon=True).start()
