"""Starts the components, notices when one dies, stops them all."""

import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from types import FrameType
from typing import IO

from labkube.components import Component
from labkube.notify import log

# A child must not outlive this process, or the next start finds its ports taken.
DIE_WITH_PARENT = ("setpriv", "--pdeathsig", "TERM", "--")
# Go's collector works earlier: a fifth less memory for hardly any more work, as most of the time nothing happens.
_LEAN = {"GOGC": "50"}
_LAST_LINES = 15
_POLL = 0.1
# The API server would wait a minute for the pods that watch it; nothing in it is lost when it is killed.
_STOP_SECONDS = 3


class Stopped(Exception):  # noqa: N818 - not an error
    """SIGTERM or SIGINT came."""


class DiedError(RuntimeError):
    """A component ended by itself."""


class _Child:
    """A running component and the end of what it said."""

    def __init__(self, component: Component) -> None:
        self.name = component.name
        self.last: deque[str] = deque(maxlen=_LAST_LINES)
        self.process = subprocess.Popen(
            [*DIE_WITH_PARENT, *component.argv],
            env={**_LEAN, **os.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C in a terminal is for the supervisor alone
        )
        assert self.process.stdout  # noqa: S101 - for mypy: it is a pipe
        self.relay = threading.Thread(target=self._relay, args=(self.process.stdout,), daemon=True)
        self.relay.start()

    def _relay(self, output: IO[str]) -> None:
        with output:
            for line in output:
                self.last.append(line.rstrip())
                print(f"{self.name}: {line.rstrip()}", flush=True)


class Supervisor:
    """Owns the children. Only the main thread may start one: they die with the thread that started them."""

    def __init__(self) -> None:
        """From now on SIGTERM and SIGINT are requests to stop."""
        self._children: list[_Child] = []
        self._stopping = False
        self._wake = threading.Event()
        self.awaited = ""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._stopping = self._stopping or number != signal.SIGCHLD
        self._wake.set()

    def start(self, *components: Component) -> None:
        """Start `components`."""
        for component in components:
            log(f"starting {component.name}")
            self._children.append(_Child(component))

    def check(self) -> None:
        """Raise when it is time to stop."""
        if self._stopping:
            raise Stopped
        for child in self._children:
            code = child.process.poll()
            if code is not None:
                child.relay.join(1)
                end = "\n".join(f"  {line}" for line in child.last)
                raise DiedError(f"{child.name} ended with code {code}; the end of its log:\n{end}")

    def sleep(self, seconds: float) -> None:
        """Pause at most so long: a signal, or a child that ends, ends it."""
        self.check()
        self._wake.wait(seconds)
        self._wake.clear()
        self.check()

    def wait_until(self, what: str, happened: Callable[[], bool]) -> None:
        """Wait until `happened`; `awaited` says meanwhile for what. How long is for the unit to limit, not for us."""
        self.awaited = what
        while not happened():
            self.sleep(_POLL)
        self.awaited = ""

    def run(self, argv: Sequence[str]) -> tuple[int, str]:
        """Run a short program to its end; its code and what it said."""
        with subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            said: list[str] = []
            reader = threading.Thread(target=lambda: said.extend(process.stdout or ()), daemon=True)
            reader.start()
            try:
                self.wait_until(" ".join(argv), lambda: process.poll() is not None)
            except BaseException:
                process.kill()
                raise
            reader.join()
        return process.returncode, "".join(said).strip()

    def stop(self, *groups: Sequence[str], seconds: float = _STOP_SECONDS) -> None:
        """End the children: one group of names after the other, each at once."""
        for group in groups:
            children = [child for child in self._children if child.name in group]
            for child in children:
                child.process.terminate()
            deadline = time.monotonic() + seconds
            for child in children:
                try:
                    child.process.wait(max(0.0, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    child.process.kill()
                    child.process.wait()
                child.relay.join(1)
