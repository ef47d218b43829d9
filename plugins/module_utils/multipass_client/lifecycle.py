"""From any state to Running: each state has its own way there, and none of them loses anything."""

from __future__ import annotations

from . import look
from .client import Client
from .clock import Clock, Deadline
from .errors import MultipassError

RUNNING = "Running"
# An instance on its way: the daemon needs nothing but time.
MOVING = {"Starting", "Restarting", "Suspending", "Unknown"}
RESTING = {"Stopped", "Suspended"}
POLL = 3.0
STARTS = 3


class Lifecycle:
    """Brings one instance to Running."""

    def __init__(self, client: Client, name: str, clock: Clock, *, timeout: float, patience: float) -> None:
        """Take how long all of it may take, and how long an instance may stay on its way before it counts as stuck."""
        self._client = client
        self._name = name
        self._clock = clock
        self._timeout = timeout
        self._deadline = Deadline(clock, timeout)
        self._patience = patience
        self._starts = 0
        self._freed = False

    def run(self) -> None:
        """Do what the state asks for, look again, until the instance runs."""
        self._deadline = Deadline(self._clock, self._timeout)
        while (state := self._state()) != RUNNING:
            if state == "Deleted":
                self._client.require("recover", self._name)
            elif state in RESTING:
                self._start()
            elif state == "Delayed Shutdown":
                self._client.require("stop", "--cancel", self._name)
            elif state in MOVING:
                self._wait(state)
            else:
                raise MultipassError(
                    f"{self._name} is {state}, which can't be mended from here: multipass info {self._name}"
                )

    def _state(self) -> str:
        state = look.state(self._client, self._name)
        if state is None:
            raise MultipassError(f"{self._name} is gone: somebody deleted it meanwhile. Run the same command again")
        return state

    def _start(self) -> None:
        if self._starts == STARTS or self._deadline.passed:
            raise MultipassError(f"{self._name} does not start: look with `multipass start {self._name}`")
        self._starts += 1
        limit = self._deadline.left
        # The daemon gives up by the same number. Whatever comes of it, the state tells what to do next (#4845).
        answer = self._client.call("start", self._name, "--timeout", str(int(limit)), limit=limit + 30)
        if not answer.ok and not answer.timed_out and look.state(self._client, self._name) in RESTING:
            raise MultipassError(f"{self._name} does not start: {answer.reason}")

    def _wait(self, state: str) -> None:
        """Wait out a first boot, which is Unknown until SSH answers; free once what stays where it is."""
        stuck = Deadline(self._clock, min(self._patience, self._deadline.left))
        while not stuck.passed:
            stuck.pause(POLL)
            if look.state(self._client, self._name) != state:
                return
        if self._freed:
            raise MultipassError(
                f"{self._name} stays {state}: the machine is slow (-e multipass_vm_patience=900 waits longer), or a "
                "firewall or VPN keeps Multipass from its network (docs/providers.md)"
            )
        self._freed = True
        # What a daemon that gave up calls Unknown stays so for good (#2387); a plain stop would wait for the guest.
        self._client.require("stop", "--force", self._name)
