"""The server as it runs in the image: gunicorn with its configuration file, in processes of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from conftest import KEY

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


def test_the_server_serves_logs_in_json_and_leaves_in_two_steps(tmp_path: Path, key_file: Path) -> None:
    with running(tmp_path / "log", CRUD_KEY_FILE=str(key_file), CRUD_DRAIN_SECONDS="1") as server:
        for path, wanted in (("/metrics", 200), ("/healthz", 200), ("/items", 404)):
            assert status(server.metrics_port, path) == wanted
        connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        connection.request("POST", "/items", '{"name":"lamp"}', {"X-Key": KEY, "Content-Type": "application/json"})
        kept = connection.getresponse()
        assert (kept.status, kept.headers["Connection"], kept.read()[:1]) == (201, "keep-alive", b"{")

        server.process.send_signal(signal.SIGTERM)
        wait_for(server.port, "/readyz", 503)
        connection.request("GET", "/items")
        last = connection.getresponse()
        assert (last.status, last.headers["Connection"], len(json.loads(last.read())["items"])) == (200, "close", 1)
        connection.close()
        assert server.process.wait(PATIENCE) == 0
    lines = [json.loads(line) for line in server.output.read_text(encoding="utf-8").splitlines()]
    assert {"request", "Shutting down: Master"} <= {line["message"] for line in lines}
    assert KEY not in str(lines)


def test_a_second_sigterm_stops_at_once(tmp_path: Path) -> None:
    with running(tmp_path / "log", CRUD_AUTH="off", CRUD_DRAIN_SECONDS="300") as server:
        server.process.send_signal(signal.SIGTERM)
        wait_for(server.port, "/readyz", 503)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE) == 0


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({}, "crud-api: set CRUD_KEY_FILE to a file with one key per line, or CRUD_AUTH=off to go without."),
        ({"CRUD_THREADS": "none"}, "crud-api: CRUD_THREADS=none: Input should be a valid integer"),
    ],
)
def test_a_wrong_setting_ends_the_start_with_one_sentence(
    tmp_path: Path, variables: dict[str, str], sentence: str
) -> None:
    server = Server(tmp_path / "log", **variables)
    assert server.process.wait(PATIENCE) == 1
    output = server.output.read_text(encoding="utf-8")
    assert sentence in output
    assert "Traceback" not in output
