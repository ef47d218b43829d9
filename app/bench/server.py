"""One of the servers that are measured, in processes of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from .client import Client

APP = Path(__file__).parents[1]
PATIENCE = 60


class Server:
    """gunicorn with the image's configuration, and what it costs."""

    def __init__(self, target: str, key_file: Path) -> None:
        """Start it, and wait until it answers."""
        self.port = _free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CRUD_")} | {
            "PYTHONPATH": os.pathsep.join((str(APP / "src"), str(APP))),
            "CRUD_HOST": "127.0.0.1",
            "CRUD_PORT": str(self.port),
            "CRUD_METRICS_PORT": str(_free_port()),
            "CRUD_KEY_FILE": str(key_file),
            "CRUD_MAX_RECORDS": "10000000",
            "CRUD_MAX_STORE_BYTES": str(2**32),
        }
        command: list[str | Path] = [sys.executable, "-m", "gunicorn", "-c", APP / "gunicorn.conf.py", target]
        started = time.monotonic()
        # Written to a file, since writing to nowhere costs less than a log does.
        with key_file.with_name(f"log-{self.port}").open("wb") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log)
        self._wait()
        self.start_seconds = time.monotonic() - started

    def client(self, connections: int) -> Client:
        """Connect to it."""
        return Client(self.port, connections)

    def cpu_seconds(self) -> float:
        """Return the processor time that its worker has used, over all threads."""
        spent = sum(int(file.read_text(encoding="ascii").split()[0]) for file in self._worker.glob("task/*/schedstat"))
        return spent / 1e9

    def resident_bytes(self) -> int:
        """Return the memory of both processes; what they share counts once."""
        return sum(_proportional_bytes(process) for process in (Path("/proc", str(self.process.pid)), self._worker))

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(PATIENCE)

    @property
    def _worker(self) -> Path:
        master = self.process.pid
        children = Path("/proc", str(master), "task", str(master), "children").read_text(encoding="ascii").split()
        return Path("/proc", children[0])

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, ValueError):
                with contextlib.closing(self.client(1)) as client:
                    client.run(b"GET /readyz HTTP/1.1\r\nHost: bench\r\n\r\n", 1)
                return
            time.sleep(0.005)
        raise SystemExit("the server did not answer: start it as docs/app.md says and look at what it prints")


@contextlib.contextmanager
def running(target: str, key_file: Path) -> Iterator[Server]:
    """Run a server."""
    server = Server(target, key_file)
    try:
        yield server
    finally:
        server.stop()


def _proportional_bytes(process: Path) -> int:
    for line in (process / "smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise SystemExit(f"{process}/smaps_rollup has no Pss: run this on Linux 4.14 or newer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
