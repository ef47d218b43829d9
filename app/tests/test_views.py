from collections.abc import Callable
from typing import Any

import pytest
from conftest import with_key
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ABSENT = "/items/0190a5b0-0000-7000-8000-000000000000"
LAMP = {"name": "lamp", "description": "bright", "tags": ["light", "desk"]}


def create(client: FlaskClient, **fields: Any) -> TestResponse:
    return client.post("/items", json={"name": "lamp"} | fields)


def test_a_created_item_is_where_location_says(client: FlaskClient) -> None:
    created = client.post("/items", json=LAMP)
    assert created.status_code == 201
    assert created.json == {"item_id": created.get_json()["item_id"]} | LAMP
    assert created.headers["Location"] == f"/items/{created.get_json()['item_id']}"
    read = client.get(created.headers["Location"])
    assert (read.status_code, read.json, read.mimetype) == (200, created.json, "application/json")


def test_what_is_optional_may_be_left_out(client: FlaskClient) -> None:
    created = create(client)
    assert created.json == {"item_id": created.get_json()["item_id"], "name": "lamp", "tags": []}


def test_put_replaces_the_whole_item(client: FlaskClient) -> None:
    url = client.post("/items", json=LAMP).headers["Location"]
    replaced = client.put(url, json={"name": "desk"})
    assert replaced.status_code == 200
    assert client.get(url).json == replaced.json == {"item_id": url.rpartition("/")[2], "name": "desk", "tags": []}


def test_what_was_read_can_be_put_back(client: FlaskClient) -> None:
    created = client.post("/items", json=LAMP)
    assert client.put(created.headers["Location"], json=created.json).json == created.json


@pytest.mark.parametrize("media_type", ["application/merge-patch+json", "application/json"])
def test_patch_changes_what_it_names_and_null_removes(client: FlaskClient, media_type: str) -> None:
    created = client.post("/items", json=LAMP)
    body = '{"name":"desk lamp","description":null}'
    patched = client.patch(created.headers["Location"], data=body, content_type=media_type)
    assert patched.status_code == 200
    assert patched.json == {"item_id": created.get_json()["item_id"], "name": "desk lamp", "tags": LAMP["tags"]}
    assert client.get(created.headers["Location"]).json == patched.json


def test_a_patch_whose_result_is_wrong_changes_nothing(client: FlaskClient) -> None:
    created = client.post("/items", json=LAMP)
    refused = client.patch(created.headers["Location"], json={"name": None})
    assert (refused.status_code, refused.get_json()["errors"][0]["pointer"]) == (422, "/name")
    assert client.get(created.headers["Location"]).json == created.json


def test_a_deleted_item_is_gone(client: FlaskClient) -> None:
    url = create(client).headers["Location"]
    deleted = client.delete(url)
    assert (deleted.status_code, deleted.data) == (204, b"")
    assert client.get(url).status_code == client.delete(url).status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_an_item_that_is_not_there_is_404(client: FlaskClient, method: str) -> None:
    assert client.open(ABSENT, method=method, json={"name": "lamp"}).status_code == 404


@pytest.mark.parametrize(
    ("path", "allowed"), [("/items", "GET, HEAD, OPTIONS, POST"), ("/healthz", "GET, HEAD, OPTIONS")]
)
def test_another_method_is_405_with_allow(client: FlaskClient, path: str, allowed: str) -> None:
    response = client.delete(path)
    assert response.status_code == 405
    assert ", ".join(sorted(response.headers["Allow"].split(", "))) == allowed


@pytest.mark.parametrize("path", ["/nope", "/items/", "/items//a", "/items/a/b"])
def test_a_path_that_is_not_there_is_404_and_never_a_redirect(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_head_is_get_without_the_body(client: FlaskClient) -> None:
    response = client.head("/items")
    assert (response.status_code, response.data) == (200, b"")


def test_a_full_store_is_507_and_says_so(make_app: Callable[..., Flask]) -> None:
    client = with_key(make_app(max_records=1))
    assert create(client).status_code == 201
    full = create(client)
    assert (full.status_code, full.get_json()["detail"]) == (507, "The store holds its 1 records; delete some.")


def test_text_of_any_script_comes_back_as_it_was(client: FlaskClient) -> None:
    created = create(client, name="Lämpchen 灯 \U0001f4a1 \u0000")
    assert client.get(created.headers["Location"]).get_json()["name"] == "Lämpchen 灯 \U0001f4a1 \u0000"
