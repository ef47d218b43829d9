import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest
from crud_api.readiness import Readiness
from crud_api.server import MetricsServer, serve_metrics, stop_in_two_steps
from prometheus_client import CollectorRegistry, Gauge

PATIENCE = 10


@pytest.fixture(scope="module")
def server() -> Iterator[MetricsServer]:
    registry = CollectorRegistry()
    Gauge("answer", "The answer", registry=registry).set(42)
    server = serve_metrics(registry, "127.0.0.1", 0)
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [("/metrics", 200, "answer 42.0"), ("/healthz", 200, '{"status":"ok"}'), ("/items", 404, "no such path")],
)
def test_metrics_and_health_have_a_port_of_their_own(server: MetricsServer, path: str, status: int, text: str) -> None:
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=PATIENCE)
    connection.request("GET", path)
    response = connection.getresponse()
    assert response.status == status
    assert text in response.read().decode()
    connection.close()


def test_slow_clients_do_not_keep_a_scrape_waiting(server: MetricsServer) -> None:
    with ExitStack() as stack:
        for _ in range(50):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", server.server_port)))
            slow.sendall(b"GET /metrics HTTP/1.1\r\nHost: ")
        connection = HTTPConnection("127.0.0.1", server.server_port, timeout=PATIENCE)
        connection.request("GET", "/metrics")
        assert connection.getresponse().status == 200
        connection.close()


@pytest.fixture
def stops() -> Iterator[list[int]]:
    """What the SIGTERM handler, that gunicorn would have set, was called with."""
    seen: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGALRM)}
    signal.signal(signal.SIGTERM, lambda number, _frame: seen.append(number))
    yield seen
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number, handler in before.items():
        signal.signal(number, handler)


def test_sigterm_turns_readiness_and_stops_after_the_drain(stops: list[int]) -> None:
    readiness = Readiness()
    stop_in_two_steps(readiness, 0.05)
    signal.raise_signal(signal.SIGTERM)
    assert (readiness.stopping, stops) == (True, [])
    deadline = time.monotonic() + PATIENCE
    while not stops and time.monotonic() < deadline:
        time.sleep(0.01)
    assert stops == [signal.SIGTERM]


def test_a_second_sigterm_does_not_wait(stops: list[int]) -> None:
    stop_in_two_steps(Readiness(), 300)
    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGTERM)
    assert stops == [signal.SIGTERM]
