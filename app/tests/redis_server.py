"""A Redis server of the tests' own, as durable as the lab's: Debian's, from the package redis-tools."""

import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

PATIENCE = 10
DURABLE = {"appendonly": "yes", "appendfsync": "always", "save": ""}


class RedisServer:
    """Listens on a socket file in a directory, which also keeps its records from start to start."""

    def __init__(self, directory: Path, **options: str) -> None:
        self.directory = directory
        self.url = f"unix://{directory}/redis.sock"
        self.client: Any = Redis.from_url(self.url)
        self._options = (
            {"port": "0", "unixsocket": f"{directory}/redis.sock", "dir": f"{directory}"} | DURABLE | options
        )
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self.client.close()

    def start(self) -> None:
        # One program under several names, of which the package without a service has only this one.
        program = shutil.which("redis-server") or shutil.which("redis-check-rdb")
        assert program, "there is no Redis server: sudo apt-get install redis-tools"
        options = [word for name, value in self._options.items() for word in (f"--{name}", value)]
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(["redis-server", *options], executable=program, stdout=log)
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            assert time.monotonic() < deadline, (self.directory / "log").read_text(encoding="utf-8")
            time.sleep(0.01)

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except RedisConnectionError:
            return False

    def signal(self, number: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        assert self._process
        self._process.wait()
