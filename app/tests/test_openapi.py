"""The description: valid, and complete. That it is true, schemathesis finds out in tests/slow."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from crud_api.openapi.responses import PROBLEMS
from crud_api.refusals import REFUSALS
from crud_api.resources import RESERVED, preset_names
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

# A definition with fields of all types.
THINGS = Path(__file__).with_name("things.yml")
METHODS = {"get", "head", "post", "put", "patch", "delete", "options"}


def described(app: Flask) -> dict[str, Any]:
    response = app.test_client().get("/openapi.json")
    assert (response.status_code, response.mimetype) == (200, "application/json")
    document: dict[str, Any] = response.get_json()
    return document


@pytest.mark.parametrize(
    "settings",
    [*({"resource": name} for name in preset_names()), {"resource": str(THINGS)}, {"auth": "off", "faults": "on"}],
)
def test_the_description_is_valid(make_app: Callable[..., Flask], settings: dict[str, str]) -> None:
    OpenAPIV31SpecValidator(described(make_app(**settings))).validate()


@pytest.mark.parametrize("setting", ["faults", "metrics_apart"])
@pytest.mark.parametrize("preset", preset_names())
def test_each_route_and_method_is_described_and_no_other(
    make_app: Callable[..., Flask], preset: str, setting: str
) -> None:
    app = make_app(resource=preset, **{setting: "on"})
    served = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        # Parts of the page are nobody's API.
        if not rule.rule.startswith("/static/")
    }
    paths = described(app)["paths"]
    assert {(path, method) for path, item in paths.items() for method in item.keys() & METHODS} == served


def test_each_status_is_described_but_for_methods_that_are_not(make_app: Callable[..., Flask]) -> None:
    paths = described(make_app(resource="configs", faults="on"))["paths"]
    responses = [set(item[method]["responses"]) for item in paths.values() for method in item.keys() & METHODS]
    assert set.union(*responses) == {*map(str, PROBLEMS), "200", "201", "204", "304"}
    # What the server refuses before it looks at the path can meet any call.
    assert {str(status) for status, _ in REFUSALS.values()} <= set.intersection(*responses)


def test_no_resource_can_take_a_path_of_the_app(make_app: Callable[..., Flask]) -> None:
    first = {rule.rule.split("/")[1] for rule in make_app(faults="on").url_map.iter_rules()}
    assert first == RESERVED - {"next"} | {"", "items", "openapi.json"}


def test_every_mutating_call_wants_the_key(app: Flask) -> None:
    document = described(app)
    wanted = {
        (path, method) for path, item in document["paths"].items() for method in item if "security" in item[method]
    }
    assert wanted == {("/items", "post"), *(("/items/{item_id}", method) for method in ("put", "patch", "delete"))}
    assert document["components"]["securitySchemes"] == {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}


def test_where_no_key_is_wanted_none_is_described(make_app: Callable[..., Flask]) -> None:
    text = str(described(make_app(auth="off", faults="on")))
    assert not any(word in text for word in ("X-Key", "security", "'401'"))


def test_a_patch_may_remove_what_is_optional(app: Flask) -> None:
    patch = described(app)["components"]["schemas"]["ItemPatch"]
    assert patch["properties"]["name"] == {"type": "string", "minLength": 1, "maxLength": 200}
    assert patch["properties"]["description"]["anyOf"][1] == {"type": "null"}
    assert "default" not in str(patch["properties"]["tags"])


def test_a_patch_holds_no_id_not_even_null(app: Flask) -> None:
    patch = described(app)["components"]["schemas"]["ItemPatch"]
    assert patch["additionalProperties"] == {"type": "null"}
    assert patch["properties"]["item_id"]["not"] == {}


def test_a_required_field_of_any_type_is_not_removed(make_app: Callable[..., Flask]) -> None:
    schemas = described(make_app(resource="configs"))["components"]["schemas"]
    assert schemas["ConfigPatch"]["properties"]["value"]["not"] == {"type": "null"}
    assert schemas["NewConfig"]["required"] == ["key", "value"]
    assert schemas["ConfigFields"]["required"] == ["value"]


def test_examples_are_those_of_the_definition(app: Flask) -> None:
    body = described(app)["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]
    assert body["example"] == {"name": "lamp", "tags": ["light", "desk"]}


def test_all_limits_of_a_definition_are_described(make_app: Callable[..., Flask]) -> None:
    assert described(make_app(resource=str(THINGS)))["components"]["schemas"]["ThingFields"]["properties"] == {
        "string": {"type": "string", "minLength": 2, "maxLength": 3},
        "code": {"type": "string", "pattern": "^[a-z]+$"},
        "slow": {"type": "string", "pattern": "^(a+)+$"},
        "colour": {"type": "string", "enum": ["red", "green"]},
        "policy": {"type": "string", "format": "yaml"},
        "integer": {"type": "integer", "minimum": 1, "maximum": 3},
        "dice": {"type": "integer", "enum": [1, 6]},
        "number": {"type": "number", "minimum": 0.5, "maximum": 1e308},
        "boolean": {"type": "boolean"},
        "list": {"type": "array", "items": {"type": "string", "maxLength": 2}, "minItems": 1, "maxItems": 2},
        "numbers": {"type": "array", "items": {"type": "number"}},
        "object": {"type": "object", "additionalProperties": True},
        "any": {},
        "class": {"type": "string", "default": "first"},
    }
