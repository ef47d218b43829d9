"""The module's classes on the stand-in, in one process and without waiting."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from multipass_client.client import Answer, Client
from multipass_client.clock import Clock
from multipass_client.instance import Instance
from multipass_client.launch import Wanted
from multipass_client.outcome import Outcome, Settings
from stand_in import faults, main, store
from stand_in.daemon import HangError

NAME = "lab"
WANTED = Wanted("24.04", 2, "4G", "20G", "ssh_authorized_keys:\n  - ssh-ed25519 AAAA lab\n")
HAS = {"cpus": 2, "memory": "4.0GiB", "disk": "20.0GiB", "addresses": ["10.186.30.113"]}
READING = {"version", "list", "info", "get", "exec"}


def call(arguments: tuple[str, ...], stdin: str = "", limit: float = 60) -> Answer:
    """Call the stand-in like the program, but in this process."""
    del limit
    stdout, stderr = io.StringIO(), io.StringIO()
    with redirect_stdout(stdout), redirect_stderr(stderr), _standard_input(stdin):
        try:
            status: int | None = main.call(list(arguments))
        except HangError:
            status = None
    return Answer(arguments, status, stdout.getvalue(), stderr.getvalue())


@contextmanager
def _standard_input(text: str) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.StringIO(text)
    try:
        yield
    finally:
        sys.stdin = before


class World:
    """A stand-in of the test's own, and a lab on it."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Begin with no instance and no fault."""
        self.directory = directory
        self.claim = directory / "multipass.json"
        self.client = Client(call)
        self.seconds = 0.0
        self._monkeypatch = monkeypatch
        monkeypatch.setenv(store.DIRECTORY, str(directory))
        monkeypatch.delenv(faults.VARIABLE, raising=False)

    def fault(self, *names: str) -> None:
        """Ask for faults from here on."""
        self._monkeypatch.setenv(faults.VARIABLE, ",".join(names))

    def has(self, name: str, state: str, *, looks: int = 0, then: str = "Running", ours: bool = True) -> None:
        """Put an instance there, ours or somebody else's."""
        with store.Store.opened(self.directory) as opened:
            instance = store.Instance(name, state, **HAS)  # type: ignore[arg-type] # the keys are the fields'
            instance.next_states = [(looks, then)] if looks else []
            opened.put(instance)
        if ours:
            self.claim.write_text(f'{{"name": "{name}", "launched": true}}')

    def state(self, name: str = NAME) -> str | None:
        """Tell the state of an instance as the daemon knows it, without a look."""
        found = store.Store(self.directory).instances.get(name)
        return found.state if found else None

    def instance(self, name: str = NAME) -> store.Instance:
        """Give an instance as the daemon knows it."""
        return store.Store(self.directory).instances[name]

    def present(self, wanted: Wanted = WANTED, **settings: Any) -> Outcome:
        """Run the module's part for state=present."""
        return self._lab(**settings).present(wanted)

    def absent(self, **settings: Any) -> Outcome:
        """Run the module's part for state=absent."""
        return self._lab(**settings).absent()

    @property
    def changes(self) -> list[str]:
        """Give the calls that change something, as one line each."""
        return [" ".join(each) for each in self.client.calls if each[0] not in READING]

    def _lab(self, **settings: Any) -> Instance:
        clock = Clock(lambda: self.seconds, self._sleep)
        return Instance(self.client, NAME, self.claim, Settings(timeout=1800, patience=300, **settings), clock)

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds
