"""docs/app.md names all there is and nothing else; that its curl lines do what they say, tests/slow finds out."""

import re
from collections.abc import Callable

import pytest
from crud_api.faults import NAMES
from crud_api.openapi.responses import PROBLEMS
from crud_api.resources import Definition, preset_names
from crud_api.resources.fields import FIELD_TYPES
from crud_api.settings import Settings, variable
from documented_calls import CALLS, PAGE
from flask import Flask


def table(column: str) -> list[list[str]]:
    """Return the rows of the table whose first column has this heading, each as its cells."""
    (rows,) = re.findall(rf"^\| {column} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split(" |")] for row in rows.splitlines()]


def named(cell: str) -> list[str]:
    """Return what a cell names."""
    return re.findall(r"`([^`]+)`", cell)


def called(line: str) -> tuple[str, str]:
    """Return method and path of a curl line."""
    (path,) = re.findall(r"(?:\$LAB_URL|http://[\d.:]+)(/[^ ?'\"]*)", line)
    method = re.search("-X ([A-Z]+)", line)
    return method[1] if method else "POST" if " -d " in line else "GET", path


def test_every_endpoint_with_a_call(make_app: Callable[..., Flask]) -> None:
    routes = make_app(faults="on").url_map
    served = {
        (method, rule.rule)
        for rule in routes.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        # Parts of the page.
        if rule.rule != "/static/<name>"
    }
    assert set(re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/[^`?]*)[`?]", PAGE)) == served
    calls, adapter = map(called, [call for call, status in CALLS if status[0] == "2"]), routes.bind("")
    known = [(method, path) for method, path in calls if adapter.test(path, method)]
    assert {(method, adapter.match(path, method, return_rule=True)[0].rule) for method, path in known} >= served


def test_every_status_of_an_error() -> None:
    statuses = [int(status) for first, *_ in table("status") for status in first.split(", ")]
    assert sorted(statuses) == sorted([*PROBLEMS, 405])


def test_every_variable_with_its_default() -> None:
    assert {named(name)[0]: f"{default} | {meaning}" for name, default, meaning in table("variable")} == {
        variable(name): f"{'none' if field.default is None else f'`{field.default}`'} | {field.description}"
        for name, field in Settings.model_fields.items()
    }


def test_every_metric_with_its_labels(make_app: Callable[..., Flask]) -> None:
    counted: dict[str, set[str]] = {}
    for family in make_app(faults="on").extensions["crud_api"].metrics.registry.collect():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = {label for sample in family.samples for label in sample.labels}
        counted["process_*" if name.startswith("process_") else name] = labels - {"le"}
    assert {named(name)[0]: set(named(labels)) for name, labels, _ in table("metric")} == counted


def test_every_preset() -> None:
    assert sorted(named(name)[0] for name, _ in table("preset")) == preset_names()


def test_every_key_of_a_definition_file() -> None:
    assert [named(key)[0] for key, _ in table("key of the file")] == list(Definition.model_fields)


@pytest.mark.parametrize("kind", FIELD_TYPES)
def test_every_key_of_a_field(kind: str) -> None:
    rows = table("key of a field")
    assert set(FIELD_TYPES) <= set(named(rows[0][-1]))
    documented = {key for keys, kinds, _ in rows for key in named(keys) if kind in named(kinds) or kinds in ("all", "")}
    assert documented == set(FIELD_TYPES[kind].model_fields)


def test_every_fault() -> None:
    assert [named(field)[0] for field, _ in table("field")] == NAMES
