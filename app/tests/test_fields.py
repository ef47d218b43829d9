"""What each type of field takes, by the API that it makes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import with_key
from flask import Flask
from flask.testing import FlaskClient


@pytest.fixture
def things(make_app: Callable[..., Flask]) -> FlaskClient:
    return with_key(make_app(resource=str(Path(__file__).with_name("things.yml"))))


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("string", '"ab"'),
        ("string", '"\U0001f4a1\U0001f4a1\U0001f4a1"'),
        ("code", '"abc"'),
        ("colour", '"green"'),
        ("policy", '"a: [1, &x 2]\\n---\\nb: *x\\n"'),
        ("integer", "3"),
        ("dice", "6"),
        ("number", "1"),
        ("number", "0.5"),
        ("boolean", "false"),
        ("list", '["ab","c"]'),
        ("numbers", "[1,1.5]"),
        ("object", '{"a":{"b":null}}'),
        ("any", "null"),
        ("any", '[1,1.0,"x",{"y":[]}]'),
        ("any", "1" * 400),
        ("class", '"second"'),
    ],
)
def test_what_fits_comes_back_as_it_was_sent(things: FlaskClient, field: str, sent: str) -> None:
    response = things.post("/things", data=f'{{"{field}":{sent}}}', content_type="application/json")
    assert response.status_code == 201
    assert f'"{field}":{sent}' in response.text


@pytest.mark.parametrize(
    ("field", "sent", "detail"),
    [
        ("string", '"a"', "String should have at least 2 characters"),
        ("string", '"abcd"', "String should have at most 3 characters"),
        ("string", "1", "Input should be a valid string"),
        ("string", "null", "Input should be a valid string"),
        ("code", '"aB"', "String should match pattern '^[a-z]+$'"),
        ("code", '"a\\n"', "String should match pattern '^[a-z]+$'"),
        ("colour", '"blue"', 'Input should be one of "red", "green"'),
        ("policy", '"a: b: c"', "Input should be YAML, but line 1: mapping values are not allowed in this context"),
        ("integer", "0", "Input should be greater than or equal to 1"),
        ("integer", "4", "Input should be less than or equal to 3"),
        ("integer", "1.5", "Input should be a valid integer"),
        ("integer", "true", "Input should be a valid integer"),
        ("integer", '"1"', "Input should be a valid integer"),
        ("dice", "2", "Input should be one of 1, 6"),
        ("number", "0.4", "Input should be greater than or equal to 0.5"),
        ("number", "1e400", "Input should be a finite number"),
        ("number", "true", "Input should be a valid number"),
        ("boolean", "1", "Input should be a valid boolean"),
        ("list", "[]", "List should have at least 1 item after validation, not 0"),
        ("list", '["a","b","c"]', "List should have at most 2 items after validation, not 3"),
        ("list", '{"a":1}', "Input should be an array"),
        ("object", "[]", "Input should be an object"),
        ("object", '{"a":[1e400]}', "Input should hold no number beyond the range of a double"),
        ("any", "-1e400", "Input should hold no number beyond the range of a double"),
    ],
)
def test_what_does_not_fit_is_422_with_the_reason(things: FlaskClient, field: str, sent: str, detail: str) -> None:
    response = things.post("/things", data=f'{{"{field}":{sent}}}', content_type="application/json")
    assert response.status_code == 422
    assert response.get_json()["errors"] == [{"pointer": f"/{field}", "detail": detail}]


def test_an_integer_may_be_written_as_any_number(things: FlaskClient) -> None:
    response = things.post("/things", data='{"integer":2.0}', content_type="application/json")
    assert '"integer":2,' in response.text


def test_a_number_in_a_list_has_a_pointer_of_its_own(things: FlaskClient) -> None:
    response = things.post("/things", json={"numbers": [1, True, "x"]})
    assert [error["pointer"] for error in response.get_json()["errors"]] == ["/numbers/1", "/numbers/2"]


def test_what_is_left_out_stays_out_or_takes_its_default(things: FlaskClient) -> None:
    record = things.post("/things", json={}).get_json()
    assert record == {"id": record["id"], "class": "first"}


def test_removing_a_field_by_patch_brings_its_default_back(things: FlaskClient) -> None:
    url = things.post("/things", json={"class": "second", "any": 1}).headers["Location"]
    record = things.patch(url, json={"class": None, "any": None}).get_json()
    assert record == {"id": record["id"], "class": "first"}


def test_no_pattern_backtracks(things: FlaskClient) -> None:
    # An engine that does would still be at it tomorrow.
    response = things.post("/things", json={"slow": "a" * 60 + "!"})
    assert response.status_code == 422


@pytest.mark.parametrize("name", ["self", "class", "key", "cls"])
def test_an_id_field_can_have_any_name(make_app: Callable[..., Flask], tmp_path: Path, name: str) -> None:
    file = tmp_path / "mine.yml"
    file.write_text(f"{{name: a, singular: b, id_field: {name}, fields: {{items: {{type: any}}}}}}", encoding="utf-8")
    client = with_key(make_app(resource=str(file)))
    assert client.put("/a/1", json={"items": None}).json == client.get("/a/1").json == {name: "1", "items": None}
