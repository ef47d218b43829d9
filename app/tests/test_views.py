"""The API of records, on every store."""

from collections.abc import Callable
from typing import Any

import pytest
from conftest import with_key
from crud_api.stores import StoreAwayError, StoreFullError
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ABSENT = "/items/0190a5b0-0000-7000-8000-000000000000"
LAMP = {"name": "lamp", "description": "bright", "tags": ["light", "desk"]}
DESK = {"name": "desk", "tags": []}


@pytest.fixture
def app(make_app: Callable[..., Flask], store_settings: dict[str, object]) -> Flask:
    return make_app(**store_settings)


@pytest.fixture
def configs(make_app: Callable[..., Flask], store_settings: dict[str, object]) -> FlaskClient:
    """A resource whose ids clients choose."""
    return with_key(make_app(resource="configs", **store_settings))


def create(client: FlaskClient, **fields: Any) -> TestResponse:
    return client.post("/items", json={"name": "lamp"} | fields)


def pointers(response: TestResponse) -> list[str]:
    assert response.status_code == 422
    return [error["pointer"] for error in response.get_json()["errors"]]


def test_a_created_record_is_where_location_says(client: FlaskClient) -> None:
    created = client.post("/items", json=LAMP)
    assert created.status_code == 201
    assert created.json == {"item_id": created.get_json()["item_id"]} | LAMP
    assert created.headers["Location"] == f"/items/{created.get_json()['item_id']}"
    read = client.get(created.headers["Location"])
    assert (read.status_code, read.data, read.mimetype) == (200, created.data, "application/json")


def test_what_is_optional_may_be_left_out(client: FlaskClient) -> None:
    created = create(client)
    assert created.json == {"item_id": created.get_json()["item_id"], "name": "lamp", "tags": []}


def test_a_client_may_not_choose_an_id_that_the_server_gives(client: FlaskClient) -> None:
    assert pointers(create(client, item_id="mine")) == ["/item_id"]


def test_a_client_chooses_the_id_where_it_is_to(configs: FlaskClient) -> None:
    created = configs.post("/configs", json={"key": "shop.banner", "value": None})
    assert (created.status_code, created.headers["Location"]) == (201, "/configs/shop.banner")
    assert configs.get("/configs/shop.banner").json == created.json == {"key": "shop.banner", "value": None}


def test_an_id_that_is_taken_is_409(configs: FlaskClient) -> None:
    configs.post("/configs", json={"key": "a", "value": 1})
    again = configs.post("/configs", json={"key": "a", "value": 2})
    assert (again.status_code, again.get_json()["detail"]) == (
        409,
        "There is a record of that id already; PUT replaces it.",
    )
    assert configs.get("/configs/a").get_json()["value"] == 1


def test_an_id_that_is_none_has_a_pointer(configs: FlaskClient) -> None:
    assert pointers(configs.post("/configs", json={"value": 1})) == ["/key"]
    for key in ("", ".", "a/b", "ä", "x" * 129, 1, None):
        assert pointers(configs.post("/configs", json={"key": key, "value": 1})) == ["/key"]


def test_put_replaces_the_whole_record(client: FlaskClient) -> None:
    url = client.post("/items", json=LAMP).headers["Location"]
    replaced = client.put(url, json={"name": "desk"})
    assert (replaced.status_code, "Location" in replaced.headers) == (200, False)
    assert client.get(url).json == replaced.json == {"item_id": url.rpartition("/")[2]} | DESK


def test_put_creates_what_is_not_there(client: FlaskClient) -> None:
    created = client.put("/items/my-desk", json={"name": "desk"})
    assert (created.status_code, created.headers["Location"]) == (201, "/items/my-desk")
    assert client.get("/items/my-desk").json == created.json == {"item_id": "my-desk"} | DESK


def test_what_was_read_can_be_put_back(client: FlaskClient) -> None:
    created = client.post("/items", json=LAMP)
    assert client.put(created.headers["Location"], json=created.json).data == created.data


@pytest.mark.parametrize("media_type", ["application/merge-patch+json", "application/json"])
def test_patch_changes_what_it_names_and_null_removes(client: FlaskClient, media_type: str) -> None:
    created = client.post("/items", json=LAMP)
    body = '{"name":"desk lamp","description":null}'
    patched = client.patch(created.headers["Location"], data=body, content_type=media_type)
    assert patched.status_code == 200
    assert patched.json == {"item_id": created.get_json()["item_id"], "name": "desk lamp", "tags": LAMP["tags"]}
    assert client.get(created.headers["Location"]).data == patched.data


def test_a_patch_whose_result_is_wrong_changes_nothing(client: FlaskClient) -> None:
    created = client.post("/items", json=LAMP)
    patches: list[object] = [{"name": None}, {"name": 1}, [], "text", {"colour": "red"}]
    for patch in patches:
        assert client.patch(created.headers["Location"], json=patch).status_code == 422
    assert client.get(created.headers["Location"]).data == created.data


def test_nobody_renames_a_record(client: FlaskClient) -> None:
    url = create(client).headers["Location"]
    for send in (client.put, client.patch):
        for item_id in ("other", None, 1):
            assert pointers(send(url, json={"name": "x", "item_id": item_id})) == ["/item_id"]


def test_a_deleted_record_is_gone(client: FlaskClient) -> None:
    url = create(client).headers["Location"]
    deleted = client.delete(url)
    assert (deleted.status_code, deleted.data) == (204, b"")
    assert client.get(url).status_code == client.delete(url).status_code == 404


def test_a_record_that_is_not_there_is_404(client: FlaskClient) -> None:
    for method in ("GET", "HEAD", "PATCH", "DELETE"):
        assert client.open(ABSENT, method=method, json={"name": "lamp"}).status_code == 404


def test_an_id_that_no_record_can_have_is_404(client: FlaskClient) -> None:
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE"):
        for key in ("-a", "a b", "ä", "x" * 129):
            assert client.open(f"/items/{key}", method=method, json={"name": "lamp"}).status_code == 404


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/items", "GET, HEAD, OPTIONS, POST"),
        ("/items/a", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
        ("/healthz", "GET, HEAD, OPTIONS"),
    ],
)
def test_another_method_is_405_with_allow_and_options_tells_it(client: FlaskClient, path: str, allowed: str) -> None:
    refused, told = client.open(path, method="BREW"), client.options(path)
    assert (refused.status_code, refused.mimetype) == (405, "application/problem+json")
    assert (told.status_code, told.data, told.mimetype) == (204, b"", None)
    for response in (refused, told):
        assert ", ".join(sorted(response.headers["Allow"].split(", "))) == allowed


def test_options_tell_the_media_type_of_patches(client: FlaskClient) -> None:
    assert client.options("/items/a").headers["Accept-Patch"] == "application/merge-patch+json"
    assert "Accept-Patch" not in client.options("/items").headers


def test_a_path_that_is_not_there_is_404_and_never_a_redirect(client: FlaskClient) -> None:
    for path in ("/nope", "/items/", "/items//a", "/items/a/b", "/items/a%2Fb"):
        assert client.get(path).status_code == 404


def test_head_is_get_without_the_body(client: FlaskClient) -> None:
    client.put("/items/a", json=LAMP)
    for path in ("/items", "/items/a"):
        head, get = client.head(path), client.get(path)
        assert (head.status_code, head.data) == (200, b"")
        for name in ("Content-Type", "Content-Length", "ETag"):
            assert head.headers.get(name) == get.headers.get(name)


def test_text_of_any_script_comes_back_as_it_was(client: FlaskClient) -> None:
    created = create(client, name="Lämpchen 灯 \U0001f4a1 \u0000")
    assert client.get(created.headers["Location"]).get_json()["name"] == "Lämpchen 灯 \U0001f4a1 \u0000"


@pytest.mark.parametrize(
    ("error", "status", "retry"), [(StoreAwayError("secret"), 503, "1"), (StoreFullError("Full."), 507, None)]
)
def test_what_the_store_cannot_do_is_told(app: Flask, error: Exception, status: int, retry: str | None) -> None:
    def fail(*_: object) -> None:
        raise error

    client, store = with_key(app), app.extensions["crud_api"].store
    for method in ("add", "get", "page", "change"):
        setattr(store, method, fail)
    answers = [create(client), client.put("/items/a", json=DESK), client.patch("/items/a", json={})]
    answers += [client.get("/items"), client.get("/items/a"), client.delete("/items/a")]
    for answer in answers:
        assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry)
        assert "secret" not in answer.text
