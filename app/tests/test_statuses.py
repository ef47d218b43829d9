"""Each status that a client can get, over HTTP, from each store; where a store is away or full, it really is."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import with_key
from crud_api.stores.redis import RedisStore
from crud_api.stores.sqlite import SqliteStore
from flask import Flask
from flask.testing import FlaskClient
from redis_server import RedisServer

TAG = {"If-Match": '"00000000000000000000000000000000"'}
CALLS: list[tuple[int, str, str, dict[str, Any]]] = [
    (200, "GET", "/configs", {}),
    (200, "GET", "/configs/a", {}),
    (200, "HEAD", "/configs/a", {}),
    (200, "PUT", "/configs/a", {"json": {"value": 2}}),
    (200, "PATCH", "/configs/a", {"json": {"value": 2}}),
    (201, "POST", "/configs", {"json": {"key": "b", "value": 2}}),
    (201, "PUT", "/configs/b", {"json": {"value": 2}}),
    (204, "DELETE", "/configs/a", {}),
    (204, "OPTIONS", "/configs/a", {}),
    (304, "GET", "/configs/a", {"headers": {"If-None-Match": "*"}}),
    (400, "GET", "/configs?limit=0", {}),
    (400, "GET", "/configs?after=!", {}),
    (400, "POST", "/configs", {"data": "{", "content_type": "application/json"}),
    (401, "POST", "/configs", {"headers": {"X-Key": "wrong"}}),
    (401, "DELETE", "/configs/a", {"headers": {"X-Key": "wrong"}}),
    (404, "GET", "/configs/b", {}),
    (404, "PATCH", "/configs/b", {"json": {}}),
    (404, "DELETE", "/configs/b", {}),
    (404, "GET", "/nope", {}),
    (405, "DELETE", "/configs", {}),
    (405, "POST", "/configs/a", {"json": {}}),
    (409, "POST", "/configs", {"json": {"key": "a", "value": 2}}),
    (412, "GET", "/configs/a", {"headers": TAG}),
    (412, "PUT", "/configs/a", {"json": {"value": 2}, "headers": TAG}),
    (412, "PATCH", "/configs/a", {"json": {"value": 2}, "headers": TAG}),
    (412, "DELETE", "/configs/a", {"headers": TAG}),
    (412, "PUT", "/configs/a", {"json": {"value": 2}, "headers": {"If-None-Match": "*"}}),
    (413, "POST", "/configs", {"data": b" " * 65537, "content_type": "application/json"}),
    (415, "POST", "/configs", {"data": b"value=2"}),
    (422, "POST", "/configs", {"json": {"key": "b"}}),
    (422, "PUT", "/configs/a", {"json": {"value": 2, "more": 1}}),
    (422, "PATCH", "/configs/a", {"json": {"value": None}}),
]


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A server that a test may break."""
    with RedisServer(tmp_path) as server:
        yield server


@pytest.fixture
def make_client(make_app: Callable[..., Flask], store_settings: dict[str, object]) -> Callable[..., FlaskClient]:
    """Make a client of a store that holds one record."""

    def make(**settings: object) -> FlaskClient:
        client = with_key(make_app(resource="configs", **store_settings, **settings))
        assert client.put("/configs/a", json={"value": 1}).status_code == 201
        return client

    return make


def test_every_status(make_client: Callable[..., FlaskClient]) -> None:
    client = make_client()
    for status, method, path, arguments in CALLS:
        response = client.open(path, method=method, **arguments)
        assert response.status_code == status, (method, path, arguments)
        assert status < 400 or response.mimetype == "application/problem+json"
        # As it was before.
        client.delete("/configs/b")
        client.put("/configs/a", json={"value": 1})


def test_a_bug_is_500_without_internals(make_client: Callable[..., FlaskClient]) -> None:
    def bug(_key: str) -> bytes:
        raise RuntimeError("internal-detail")

    client = make_client()
    store_of(client).get = bug
    response = client.get("/configs/a")
    assert (response.status_code, response.mimetype) == (500, "application/problem+json")
    assert "internal-detail" not in response.text


# Memory is always there.
@pytest.mark.parametrize("store_settings", ["sqlite", "redis"], indirect=True)
def test_a_store_that_is_away_is_503(make_client: Callable[..., FlaskClient]) -> None:
    client = make_client()
    take_away(store_of(client))
    calls = [("GET", "/readyz"), ("GET", "/configs"), ("GET", "/configs/a"), ("POST", "/configs")]
    calls += [(method, "/configs/a") for method in ("PUT", "PATCH", "DELETE")]
    for method, path in calls:
        response = client.open(path, method=method, json={"value": 2} | ({"key": "b"} if method == "POST" else {}))
        assert (response.status_code, response.headers.get("Retry-After")) == (503, "1"), (method, path)
    assert client.get("/healthz").status_code == 200


def test_a_store_that_is_full_is_507_until_something_is_deleted(make_client: Callable[..., FlaskClient]) -> None:
    client, large = make_client(max_records=1), {"value": "x" * 60_000}
    assert client.put("/configs/a", json=large).status_code == 200
    fill(store_of(client))
    assert client.post("/configs", json={"key": "b"} | large).status_code == 507
    fill(store_of(client))
    assert client.put("/configs/b", json=large).status_code == 507
    assert client.get("/configs").get_json()["configs"] == [{"key": "a"} | large]
    assert client.delete("/configs/a").status_code == 204


def store_of(client: FlaskClient) -> Any:
    return client.application.extensions["crud_api"].store


def take_away(store: Any) -> None:
    """Make it answer no more."""
    match store:
        case SqliteStore():
            store.close()
            store._file.write_text("This is no database. " * 1000, encoding="utf-8")
        case RedisStore():
            store._redis.shutdown(nosave=True)


def fill(store: Any) -> None:
    """Let its next change find no room; memory has its limit already."""
    match store:
        case SqliteStore():
            with store._connection() as connection:
                connection.execute("PRAGMA max_page_count = 1")  # as many as there are
        case RedisStore():
            store._redis.config_set("maxmemory", "1")
