from collections.abc import Callable

import pytest
from crud_api.stores import StoreAwayError
from crud_api.stores.memory import MemoryStore
from flask import Flask
from flask.testing import FlaskClient


def test_healthz_is_the_process_alone(app: Flask, anonymous: FlaskClient) -> None:
    app.extensions["crud_api"].readiness.stop()
    assert anonymous.get("/healthz").json == {"status": "ok", "version": "0.1.0", "auth": "on", "faults": []}


def test_readyz_turns_when_the_process_is_stopping_while_all_else_is_served(app: Flask, client: FlaskClient) -> None:
    assert client.get("/readyz").json == {"status": "ready"}
    app.extensions["crud_api"].readiness.stop()
    assert client.get("/readyz").status_code == 503
    assert client.post("/items", json={"name": "lamp"}).status_code == 201


def test_readyz_is_503_without_the_store(anonymous: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_store: MemoryStore) -> None:
        raise StoreAwayError

    monkeypatch.setattr(MemoryStore, "check", away)
    response = anonymous.get("/readyz")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")


def test_metrics_that_are_apart_are_not_with_the_api(make_app: Callable[..., Flask]) -> None:
    client = make_app(metrics_apart="on").test_client()
    assert (client.get("/metrics").status_code, client.get("/healthz").status_code) == (404, 200)
    assert "/metrics" not in client.get("/").get_json()["links"].values()
