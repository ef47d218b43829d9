"""The server as it runs in the image: gunicorn with its configuration file."""

import json
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest
from conftest import KEY
from gunicorn_process import PATIENCE, Server, running, status, wait_for

CLIENTS = 16


def test_the_server_serves_logs_in_json_and_leaves_in_two_steps(tmp_path: Path, key_file: Path) -> None:
    variables = {"CRUD_KEY_FILE": str(key_file), "CRUD_DRAIN_SECONDS": "1", "CRUD_METRICS_APART": "on"}
    with running(tmp_path / "log", **variables) as server:
        assert status(server.port, "/metrics") == 404
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


def test_no_request_of_busy_clients_fails_while_it_stops(tmp_path: Path) -> None:
    with running(tmp_path / "log", CRUD_AUTH="off", CRUD_DRAIN_SECONDS="1") as server:
        started, stop = threading.Barrier(CLIENTS + 1), threading.Event()

        def work(number: int) -> int:
            """Send requests on one connection until the server asks for its end; count them."""
            connection, answered = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE), 0
            while True:
                if number % 2:
                    connection.request("GET", "/items?limit=1")
                else:
                    connection.request("POST", "/items", '{"name":"lamp"}', {"Content-Type": "application/json"})
                response = connection.getresponse()
                body = response.read()
                assert (response.status, body[:1]) == (200 if number % 2 else 201, b"{")
                answered += 1
                if answered == 1:
                    started.wait(PATIENCE)
                if response.headers["Connection"] == "close":
                    assert stop.is_set()
                    return answered

        with ThreadPoolExecutor(CLIENTS) as pool:
            counts = [pool.submit(work, number) for number in range(CLIENTS)]
            started.wait(PATIENCE)
            stop.set()
            server.process.send_signal(signal.SIGTERM)
            assert all(count.result() > 0 for count in counts)
        assert server.process.wait(PATIENCE) == 0


def test_a_connection_that_is_idle_when_it_stops_is_closed_without_an_error(tmp_path: Path) -> None:
    with running(tmp_path / "log", CRUD_AUTH="off", CRUD_DRAIN_SECONDS="0") as server:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        connection.request("GET", "/items")
        connection.getresponse().read()
        server.process.send_signal(signal.SIGTERM)
        assert connection.sock.recv(1) == b""
        connection.close()
        assert server.process.wait(PATIENCE) == 0


def test_the_process_ends_with_its_worker(tmp_path: Path) -> None:
    with running(tmp_path / "log", CRUD_AUTH="off", CRUD_FAULTS="on") as server:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        order = json.dumps({"seconds": 60, "crash": True})
        connection.request("PUT", "/faults", order, {"Content-Type": "application/json"})
        assert connection.getresponse().status == 200
        connection.close()
        assert server.process.wait(PATIENCE) == 1


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
