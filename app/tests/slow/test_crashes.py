"""What is acknowledged survives `kill -9` of the app, of Redis and of both, under 16 writers.

That each change is on the disk, and not only in the kernel's memory, which a killed process does not take along, is
asserted by test_sqlite.py and test_redis.py.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Semaphore
from typing import Protocol

import pytest
from gunicorn_process import Server, wait_for
from redis_server import RedisServer
from writers import DELETED, PATIENCE, Writer, listed

WRITERS = 16
KILLS = 5
# So much is acknowledged, to all writers together, before each kill.
ACKNOWLEDGED = 100


class Victim(Protocol):
    """What can be killed and started again."""

    def start(self) -> None: ...

    def kill(self) -> None: ...


class App:
    """The app under gunicorn: its processes and what they are told."""

    def __init__(self, log: Path, **variables: str) -> None:
        self._log = log
        self._variables = variables

    def start(self) -> None:
        self._server = Server(self._log, **self._variables)
        self.port = self._server.port

    def kill(self) -> None:
        master = self._server.process.pid
        workers = Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii").split()
        for process in (master, *map(int, workers)):
            os.kill(process, signal.SIGKILL)
        self._server.process.wait()


@pytest.fixture
def running() -> Iterator[Callable[[Victim], None]]:
    """Start something and kill it at the end."""
    with ExitStack() as stack:

        def run(victim: Victim) -> None:
            victim.start()
            stack.callback(victim.kill)

        yield run


def write_until(kill: Callable[[], None], port: int, name: str) -> list[Writer]:
    """Let writers write, kill while they do, and return them when each has had a call without success."""
    acknowledged = Semaphore(0)
    writers = [Writer(port, f"{name}.{number}", acknowledged) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for _ in range(ACKNOWLEDGED):
        assert acknowledged.acquire(timeout=PATIENCE), [writer.ended_by for writer in writers]
    kill()
    for writer in writers:
        writer.join(PATIENCE)
        assert writer.ended_by
    return writers


def assert_kept(writers: list[Writer], found: dict[str, str]) -> None:
    """Assert that each record is what its writer was told, or was about to make of it."""
    wrong = {
        url: (found.get(url), may_be)
        for writer in writers
        for url, may_be in writer.records.items()
        if found.get(url, DELETED) not in may_be
    }
    assert not wrong
    known = {url for writer in writers for url in writer.records}
    assert {found[url] for url in found.keys() - known} <= {name for writer in writers for name in writer.creating}


@pytest.mark.parametrize("kinds", ["sqlite: app", "redis: app", "redis: redis", "redis: redis, app"])
def test_what_is_acknowledged_survives(
    kinds: str, tmp_path: Path, key_file: Path, running: Callable[[Victim], None], scale: int
) -> None:
    store, _, killed = kinds.partition(": ")
    redis = RedisServer(tmp_path)
    app = App(
        tmp_path / "log",
        CRUD_KEY_FILE=str(key_file),
        CRUD_STORE=store,
        **({"CRUD_REDIS_URL": redis.url} if store == "redis" else {"CRUD_SQLITE_FILE": str(tmp_path / "records")}),
    )
    if store == "redis":
        running(redis)
    running(app)
    either: dict[str, Victim] = {"app": app, "redis": redis}
    victims = [either[name] for name in killed.split(", ")]

    def kill() -> None:
        for victim in victims:
            victim.kill()

    writers: list[Writer] = []
    for number in range(KILLS * scale):
        wait_for(app.port, "/readyz", 200)
        writers += write_until(kill, app.port, str(number))
        for victim in victims:
            victim.start()
        wait_for(app.port, "/readyz", 200)
        assert_kept(writers, dict(listed(app.port)))
