from collections.abc import Callable
from typing import Any

import pytest
from conftest import with_key
from crud_api.bodies import merge_patch
from flask import Flask
from flask.testing import FlaskClient

ITEM = '{"name":"lamp"}'


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch_follows_the_table_of_rfc_7396(target: Any, patch: Any, result: Any) -> None:
    assert merge_patch(target, patch) == result


def test_the_target_of_a_patch_stays_as_it_is() -> None:
    target = {"a": {"b": 1}}
    merge_patch(target, {"a": {"b": 2}})
    assert target == {"a": {"b": 1}}


@pytest.mark.parametrize(
    "body",
    ["", "{", "NaN", '{"name":Infinity}', "[" * 60_000, "[" * 210 + "]" * 210, "\ufeff{}", "1" * 5000, r'"\ud800"'],
)
def test_what_is_no_json_is_400(client: FlaskClient, body: str) -> None:
    response = client.post("/items", data=body, content_type="application/json")
    assert response.status_code == 400


def test_bytes_that_are_no_text_are_400(client: FlaskClient) -> None:
    response = client.post("/items", data=b'{"name":"\xff"}', content_type="application/json")
    assert response.status_code == 400


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_another_media_type_is_415_and_says_which_it_takes(client: FlaskClient, content_type: str | None) -> None:
    response = client.post("/items", data=ITEM, content_type=content_type)
    assert response.status_code == 415
    assert response.headers["Accept"] == "application/json"


def test_a_record_never_gets_too_long_to_be_sent_back(make_app: Callable[..., Flask]) -> None:
    client = with_key(make_app(resource="configs", max_body_bytes=1024))
    assert client.put("/configs/a", json={"value": {}}).status_code == 201
    grown = [client.patch("/configs/a", json={"value": {str(number): "x" * 300}}).status_code for number in range(4)]
    assert grown == [200, 200, 200, 413]
    record = client.get("/configs/a")
    sent_back = client.put("/configs/a", data=record.data, content_type="application/json")
    assert (sent_back.status_code, sent_back.data) == (200, record.data)


@pytest.mark.parametrize(("method", "path"), [("POST", "/configs"), ("PUT", "/configs/a")])
def test_numbers_that_grow_when_they_are_written_make_no_longer_records(
    make_app: Callable[..., Flask], method: str, path: str
) -> None:
    client = with_key(make_app(resource="configs", max_body_bytes=1024))
    body = '{"key":"a","value":[' + ",".join(["1e15"] * 150) + "]}"
    response = client.open(path, method=method, data=body, content_type="application/json")
    assert (response.status_code, client.get("/configs/a").status_code) == (413, 404)
    assert "and 1023 are the most" in response.get_json()["detail"]


def test_a_body_over_the_limit_is_413(client: FlaskClient) -> None:
    response = client.post("/items", data=" " * 65537, content_type="application/json")
    assert response.status_code == 413
