from typing import Any

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/name"]),
        ([], [""]),
        ("text", [""]),
        ({"name": ""}, ["/name"]),
        ({"name": 1}, ["/name"]),
        ({"name": "x" * 201}, ["/name"]),
        ({"name": "x", "description": "x" * 2001}, ["/description"]),
        ({"name": "x", "tags": "light"}, ["/tags"]),
        ({"name": "x", "tags": ["a", 2, ""]}, ["/tags/1", "/tags/2"]),
        ({"name": "x", "tags": ["a"] * 21}, ["/tags"]),
        ({"name": "x", "colour/~": "red"}, ["/colour~1~0"]),
        ({"name": "x", "item_id": "mine"}, ["/item_id"]),
        ({"name": True, "tags": None}, ["/name", "/tags"]),
    ],
)
def test_each_wrong_field_is_named_by_its_pointer(client: FlaskClient, body: Any, pointers: list[str]) -> None:
    response = client.post("/items", json=body)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.get_json()["errors"]] == pointers
    assert all(error["detail"] for error in response.get_json()["errors"])


def test_an_answer_does_not_repeat_what_was_sent(client: FlaskClient) -> None:
    response = client.post("/items", json={"name": "x", "tags": ["a", 1234567]})
    assert "1234567" not in response.text


def test_an_item_cannot_be_renamed(client: FlaskClient) -> None:
    url = client.post("/items", json={"name": "lamp"}).headers["Location"]
    for response in (client.put(url, json={"name": "x", "item_id": "y"}), client.patch(url, json={"item_id": "y"})):
        assert (response.status_code, response.get_json()["errors"][0]["pointer"]) == (422, "/item_id")
