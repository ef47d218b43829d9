import os
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import with_key
from crud_api import faults
from flask import Flask
from flask.testing import FlaskClient

PATIENCE = 10
ITEM = {"name": "lamp"}


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(faults="on")


@pytest.fixture(autouse=True)
def _no_work_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    wait_until(lambda: not {"memory", "crash"} & {thread.name for thread in threading.enumerate()})


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def order(client: FlaskClient, **order: object) -> Any:
    response = client.put("/faults", json={"seconds": 60} | order)
    assert response.status_code == 200
    return response.get_json()


def active(app: Flask, fault: str) -> float | None:
    value: float | None = app.extensions["crud_api"].metrics.registry.get_sample_value(
        "crud_fault_active", {"fault": fault}
    )
    return value


def test_there_are_none_unless_told_so(make_app: Callable[..., Flask]) -> None:
    client = with_key(make_app())
    assert {client.open("/faults", method=method, json={"seconds": 1}).status_code for method in ("GET", "PUT")} == {
        404
    }


def test_reading_needs_no_key_but_changing_does(anonymous: FlaskClient) -> None:
    assert anonymous.get("/faults").json == {"seconds_left": 0}
    assert anonymous.put("/faults", json={"seconds": 1}).status_code == 401
    assert anonymous.delete("/faults").status_code == 401


def test_without_authorisation_everyone_may(make_app: Callable[..., Flask]) -> None:
    client = make_app(auth="off", faults="on").test_client()
    assert client.delete("/faults").status_code == 204


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/seconds"]),
        ([], [""]),
        ({"seconds": 0}, ["/seconds"]),
        ({"seconds": 3601}, ["/seconds"]),
        ({"seconds": 1, "error_rate": 1.1}, ["/error_rate"]),
        ({"seconds": 1, "latency_milliseconds": -1}, ["/latency_milliseconds"]),
        ({"seconds": 1, "crash": 1, "explode": True}, ["/crash", "/explode"]),
    ],
)
def test_a_wrong_order_is_422_with_a_pointer(client: FlaskClient, body: object, pointers: list[str]) -> None:
    response = client.put("/faults", json=body)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.get_json()["errors"]] == pointers
    assert client.get("/faults").json == {"seconds_left": 0}


def test_what_is_active_shows_everywhere_and_ends_when_told(app: Flask, client: FlaskClient) -> None:
    shown = order(client, error_rate=1, not_ready=True)
    assert (shown["error_rate"], shown["not_ready"], 0 < shown["seconds_left"] <= 60) == (1, True, True)
    assert client.get("/healthz").get_json()["faults"] == ["error_rate", "not_ready"]
    assert (active(app, "error_rate"), active(app, "crash")) == (1, 0)
    assert client.delete("/faults").status_code == 204
    assert client.get("/healthz").get_json()["faults"] == []
    assert active(app, "error_rate") == 0


def test_a_fault_ends_by_itself(client: FlaskClient) -> None:
    order(client, seconds=0.1, error_rate=1)
    wait_until(lambda: client.get("/items").status_code == 200)
    assert client.get("/faults").json == {"seconds_left": 0}


def test_errors_strike_the_fraction_asked_for_and_only_the_api(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    order(client, error_rate=0.5)
    dice = iter([0.4, 0.6, 0.4])
    monkeypatch.setattr("random.random", lambda: next(dice))
    assert [client.get("/items").status_code for _ in range(3)] == [500, 200, 500]
    assert {client.get(path).status_code for path in ("/", "/healthz", "/readyz", "/metrics", "/faults")} == {200}


def test_latency_makes_each_request_wait(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    order(client, latency_milliseconds=250)
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    client.get("/items")
    client.get("/healthz")
    assert slept == [0.25]


def test_not_ready_turns_readiness_alone(client: FlaskClient) -> None:
    order(client, not_ready=True)
    assert [client.get(path).status_code for path in ("/readyz", "/items", "/healthz")] == [503, 200, 200]


def test_memory_grows_up_to_a_bound_and_is_given_back(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks: list[float] = []

    def tick(seconds: float) -> None:
        ticks.append(seconds)
        time.sleep(0.01)

    monkeypatch.setattr(faults, "time", SimpleNamespace(monotonic=time.monotonic, sleep=tick))
    monkeypatch.setattr(faults, "MOST_MEMORY", 30_000_000)
    make_malloc_keep_what_is_freed()
    before = resident_bytes()
    order(client, memory_bytes_per_second=100_000_000)
    # Three would do, of 10 MB each.
    wait_until(lambda: len(ticks) > 10)
    assert before + 20_000_000 < resident_bytes() < before + 60_000_000
    client.delete("/faults")
    wait_until(lambda: resident_bytes() < before + 10_000_000)


def test_a_crash_comes_after_the_answer(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    monkeypatch.setattr(faults, "TICK_SECONDS", 0.01)
    monkeypatch.setattr(os, "_exit", left.append)
    assert order(client, crash=True)["crash"] is True
    wait_until(lambda: left == [1])


def make_malloc_keep_what_is_freed() -> None:
    # Pieces no larger than the largest that was ever freed, up to 32 MB, glibc takes from a heap that it keeps.
    bytes(31_000_000)


def resident_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - shorter, and nothing of a path is asked
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
