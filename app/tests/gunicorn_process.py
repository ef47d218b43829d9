"""The app under gunicorn, as the image runs it, in processes of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

APP = Path(__file__).parents[1]
PATIENCE = 10


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def status(port: int, path: str) -> int | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as response:
            found: int = response.status
            return found
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return None


def wait_for(port: int, path: str, wanted: int | None) -> None:
    deadline = time.monotonic() + PATIENCE
    while status(port, path) != wanted:
        assert time.monotonic() < deadline, f"{path} never was {wanted}"
        time.sleep(0.02)


class Server:
    def __init__(self, output: Path, **variables: str) -> None:
        self.port, self.metrics_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = output
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("CRUD_", "COV_"))}
        environment |= {"PYTHONPATH": str(APP / "src"), "CRUD_HOST": "127.0.0.1", "CRUD_PORT": str(self.port)}
        environment |= {"CRUD_METRICS_PORT": str(self.metrics_port), "PYTHONWARNINGS": "error"} | variables
        with output.open("wb") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", APP / "gunicorn.conf.py"],
                env=environment,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )


@contextmanager
def running(output: Path, **variables: str) -> Iterator[Server]:
    server = Server(output, **variables)
    try:
        wait_for(server.port, "/readyz", 200)
        yield server
    finally:
        server.process.kill()
        server.process.wait()
