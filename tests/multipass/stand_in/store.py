"""What the daemon would know: instances, and how many looks each state of theirs still lasts."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

DIRECTORY = "MULTIPASS_STAND_IN_DIR"


@dataclass
class Instance:
    """One instance; `next_states` holds pairs of a number of looks and the state that follows them."""

    name: str
    state: str = "Running"
    cpus: int = 1
    memory: str = "1.0GiB"
    disk: str = "5.0GiB"
    image: str = "24.04"
    cloud_init: str = "done"
    user_data: str = ""
    addresses: list[str] = field(default_factory=list)
    next_states: list[tuple[int, str]] = field(default_factory=list)
    listed: bool = True
    # Whether there is a container behind it; a stranger in a test needs none.
    container: bool = False

    def look(self) -> None:
        """Let one look go by: time passes for an instance only while somebody watches."""
        if not self.next_states:
            return
        looks, following = self.next_states[0]
        if looks > 1:
            self.next_states[0] = (looks - 1, following)
            return
        self.next_states.pop(0)
        self.listed = True
        self.state = following


class Store:
    """The instances, in the order that the daemon happens to list them: the latest first."""

    def __init__(self, directory: Path) -> None:
        """Take the directory, which gets state.json and calls.jsonl."""
        self._path = directory / "state.json"
        self.instances = self._read()

    @classmethod
    @contextmanager
    def opened(cls, directory: Path) -> Iterator[Store]:
        """Change the store as the only one, and keep it even where the command fails."""
        directory.mkdir(parents=True, exist_ok=True)
        with (directory / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            store = cls(directory)
            try:
                yield store
            finally:
                store.write()

    def put(self, instance: Instance) -> Instance:
        """Add an instance."""
        self.instances = {instance.name: instance, **self.instances}
        return instance

    def write(self) -> None:
        """Keep the instances."""
        self._path.write_text(json.dumps([asdict(each) for each in self.instances.values()], indent=2))

    def _read(self) -> dict[str, Instance]:
        if not self._path.exists():
            return {}
        found = [Instance(**each) for each in json.loads(self._path.read_text())]
        for each in found:
            each.next_states = [(looks, state) for looks, state in each.next_states]
        return {each.name: each for each in found}


def directory() -> Path:
    """Give the directory that the tests chose; nobody uses this program by accident."""
    return Path(os.environ[DIRECTORY])


def log(arguments: list[str]) -> None:
    """Keep a call, for the test that asks which were made."""
    directory().mkdir(parents=True, exist_ok=True)
    with (directory() / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps(arguments) + "\n")
