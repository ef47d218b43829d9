"""Conditional requests, on every store: what they are about is in test_conditions.py."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

LAMP = {"name": "lamp", "tags": ["light"]}
DESK = {"name": "desk", "tags": []}
STALE = '"00000000000000000000000000000000"'


@pytest.fixture
def app(make_app: Callable[..., Flask], store_settings: dict[str, object]) -> Flask:
    return make_app(**store_settings)


def test_equal_records_have_equal_tags_and_others_other_ones(client: FlaskClient) -> None:
    created = client.put("/items/a", json=LAMP)
    tag = created.headers["ETag"]
    assert client.get("/items/a").headers["ETag"] == client.put("/items/a", json=LAMP).headers["ETag"] == tag
    changed = client.patch("/items/a", json={"name": "x"}).headers["ETag"]
    assert client.get("/items/a").headers["ETag"] == changed != tag


def test_a_record_that_the_client_has_is_304(client: FlaskClient) -> None:
    tag = client.put("/items/a", json=LAMP).headers["ETag"]
    for method in ("GET", "HEAD"):
        same = client.open("/items/a", method=method, headers={"If-None-Match": tag})
        assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
    assert client.get("/items/a", headers={"If-None-Match": STALE}).status_code == 200


def test_a_read_can_ask_for_a_version(client: FlaskClient) -> None:
    tag = client.put("/items/a", json=LAMP).headers["ETag"]
    assert client.get("/items/a", headers={"If-Match": tag}).status_code == 200
    assert client.get("/items/a", headers={"If-Match": STALE}).status_code == 412


@pytest.mark.parametrize(("method", "status"), [("PUT", 200), ("PATCH", 200), ("DELETE", 204)])
def test_a_change_of_another_version_is_412_and_changes_nothing(client: FlaskClient, method: str, status: int) -> None:
    created = client.put("/items/a", json=LAMP)
    tag = created.headers["ETag"]
    for header in ({"If-Match": STALE}, {"If-Match": f"W/{tag}"}, {"If-None-Match": tag}, {"If-None-Match": "*"}):
        assert client.open("/items/a", method=method, json=DESK, headers=header).status_code == 412
    assert client.get("/items/a").data == created.data
    assert client.open("/items/a", method=method, json=DESK, headers={"If-Match": tag}).status_code == status


def test_put_can_create_only_or_replace_only(client: FlaskClient) -> None:
    assert client.put("/items/a", json=LAMP, headers={"If-Match": "*"}).status_code == 412
    assert client.put("/items/a", json=LAMP, headers={"If-None-Match": "*"}).status_code == 201
    assert client.put("/items/a", json=DESK, headers={"If-None-Match": "*"}).status_code == 412
    assert client.put("/items/a", json=DESK, headers={"If-Match": "*"}).status_code == 200


def test_what_is_not_there_is_404_whatever_is_expected_of_it(client: FlaskClient) -> None:
    for method in ("PATCH", "DELETE"):
        assert client.open("/items/absent", method=method, json={}, headers={"If-Match": STALE}).status_code == 404
