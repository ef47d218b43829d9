"""verify's sample is right for every resource that comes with the app: checked with the app's own validation."""

from __future__ import annotations

from typing import Any

import pytest
from crud_api.openapi import describe
from crud_api.resources import Resource, load_resource, preset_names
from crud_api.settings import Settings
from crud_lab.verification.problem import VerifyError
from crud_lab.verification.sample import change, make_sample

each_preset = pytest.mark.parametrize("preset", preset_names())


def description(resource: Resource) -> dict[str, Any]:
    return describe(resource, Settings.from_environment({}))


@each_preset
def test_the_sample_of_a_preset_is_valid_and_so_is_its_change(preset: str) -> None:
    resource = load_resource(preset)
    sample = make_sample(description(resource), preset, {})
    key, _ = resource.created(sample.record)
    resource.replaced(key, sample.changed)
    assert {**sample.record, **sample.changed} != sample.record


def test_no_sample_takes_the_place_of_somebodys_record() -> None:
    resource = load_resource("configs")
    one, another = (make_sample(description(resource), "configs", {}) for _ in range(2))
    assert one.example == another.example
    assert len({one.example["key"], one.record["key"], another.record["key"]}) == 3


def test_a_record_may_be_given() -> None:
    sample = make_sample(description(load_resource("tasks")), "tasks", {"desc": "Sweep"})
    assert (sample.record, sample.changed) == ({"desc": "Sweep"}, {"desc": "Sweep # changed"})


def test_a_definition_without_an_example_is_named() -> None:
    without = description(load_resource("items"))
    del without["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]["example"]
    with pytest.raises(VerifyError, match=r"^the description of /items has no example"):
        make_sample(without, "items", {})


@pytest.mark.parametrize(
    ("value", "schema", "changed"),
    [
        ("a", {"type": "string", "maxLength": 11}, "a # changed"),
        ("a", {"type": "string", "maxLength": 10}, "a"),
        ("a", {"type": "string", "pattern": "^a$"}, "a"),
        ("a", {"type": "string", "enum": ["a", "b"]}, "a"),
        ("a", {"type": "string", "format": "date"}, "a"),
        ("a: 1", {"type": "string", "format": "yaml"}, "a: 1 # changed"),
        (True, {"type": "boolean"}, False),
        (True, {"type": "boolean", "enum": [True]}, True),
        (1, {"type": "integer"}, 1),
        ([1], {"description": "Any JSON."}, {"changed": [1]}),
    ],
)
def test_only_what_is_plainly_permitted_is_changed(value: Any, schema: dict[str, Any], changed: Any) -> None:
    assert change({"field": value}, {"field": schema}) == {"field": changed}
