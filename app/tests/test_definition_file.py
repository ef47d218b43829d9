from pathlib import Path

import pytest
from crud_api.resources import Resource, load_resource, preset_names
from crud_api.settings import StartError

GOOD = """\
name: todo-lists
singular: todo-list
id_field: list_id
fields:
  title:
    type: string
    required: true
  points:
    type: list
    items: {type: integer, minimum: 0}
    default: [1, 2]
example: {title: Garden}
"""


def load(tmp_path: Path, text: str) -> Resource:
    file = tmp_path / "mine.yml"
    file.write_text(text, encoding="utf-8")
    return load_resource(str(file))


def test_a_file_defines_a_resource(tmp_path: Path) -> None:
    definition = load(tmp_path, GOOD).definition
    assert (definition.name, definition.id_chosen_by, list(definition.fields)) == (
        "todo-lists",
        "server",
        ["title", "points"],
    )


def test_fields_can_share_limits_by_the_means_of_yaml(tmp_path: Path) -> None:
    fields = "{c: &c {type: string, max_length: 1}, d: {<<: *c, max_length: 2}}"
    text = f"{{name: a, singular: b, id_field: id, fields: {fields}}}"
    made = load(tmp_path, text).definition.fields
    assert [field.model_dump()["max_length"] for field in made.values()] == [1, 2]


def test_the_presets_are_those_of_the_documentation() -> None:
    assert preset_names() == ["configs", "items", "notes", "policies", "tasks"]
    assert [load_resource(name).name for name in preset_names()] == preset_names()


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("type: string", "type: text", "line 6: fields: title: type: it must be one of 'string', 'integer', "),
        ("type: string", "description: x", "line 5: fields: title: type is missing; add one of string, integer, "),
        ("type: string", "type: string\n    max: 3", "line 7: fields: title: max: there is no such key; correct or "),
        ("type: string", "type: string\n    max_length: many", "line 7: fields: title: max_length: Input should be a "),
        (
            "type: string",
            "type: string\n    pattern: (a",
            "line 7: fields: title: pattern: it is no regular ",
        ),
        ("type: string", "type: string\n    pattern: (?=a)", "line 7: fields: title: pattern: it is no regular "),
        ("type: string", "type: string\n    pattern: '((a{99}){99}){99}'", "line 7: fields: title: pattern: it is "),
        ("type: string", "type: string\n    format: json", "line 7: fields: title: format: Input should be one of "),
        ("type: string", "type: string\n    choices: [yes]", "line 7: fields: title: choices: true is not possible: "),
        ("type: string", "type: string\n    choices: []", "line 7: fields: title: choices: List should have at least"),
        (
            "required: true",
            "required: true\n    default: x",
            "line 8: fields: title: default: a required field never ",
        ),
        ("required: true", "required: 'true'", "line 7: fields: title: required: Input should be a valid boolean, not"),
        ("default: [1, 2]", "default: [1, -2]", "line 11: fields: points: default: [1, -2] is not possible: Input "),
        ("default: [1, 2]", "default: 2026-01-01", "line 11: fields: points: default: "),
        ("minimum: 0", "required: true", "line 10: fields: points: items: remove required and default; they belong"),
        ("minimum: 0", "minimum: 3, maximum: 2", "line 10: fields: points: items: minimum: it is more than maximum; "),
        ("type: integer", "type: list", "line 10: fields: points: items: type: it must be one of 'string', "),
        ("    type: string\n    required: true", "    string", "line 5: fields: title: a mapping is missing here; "),
        ("list_id", "title", "line 3: id_field: title is a field too; rename one of the two."),
        ("list_id", "list-id", "line 3: id_field: String should match pattern "),
        ("  title:", "  a b:", "line 5: fields: a b: String should match pattern "),
        ("name: todo-lists", "name: metrics", "line 1: name: metrics is in use for something else; choose another."),
        ("name: todo-lists", "name: Todo", "line 1: name: String should match pattern "),
        ("name: todo-lists", "", "line 1: name is missing; add it."),
        ("name: todo-lists", "name: a\nname: b", "line 2: name is there twice; remove one of the two."),
        ("fields:", "felder:", "line 1: fields is missing; add it."),
        ("example: {title: Garden}", "example: {title: 1}", "line 12: example: title: Input should be a valid string."),
        (
            "example: {title: Garden}",
            "example: {list_id: a}",
            "line 12: example: list_id: The server gives ids; leave it ",
        ),
        (GOOD, "", "line 1: a mapping is missing here; write one "),
        (GOOD, "- a", "line 1: a mapping is missing here; write one "),
        (GOOD, "a: [", "line 2: did not find expected node content."),
        (GOOD, "a: !!python/object:x y", "line 1: could not determine a constructor for the tag"),
        (GOOD, "a: !!int x", "is no YAML: "),
        (GOOD, "\x00", "is no YAML: "),
        (GOOD, "{a: 1}: b", "line 1: found unhashable key."),
    ],
)
def test_a_wrong_definition_ends_the_start_with_the_line_and_the_fix(
    tmp_path: Path, before: str, after: str, sentence: str
) -> None:
    assert before in GOOD
    with pytest.raises(StartError) as raised:
        load(tmp_path, GOOD.replace(before, after, 1))
    assert str(raised.value).startswith(f"crud-api: CRUD_RESOURCE: {tmp_path}/mine.yml, {sentence}")


def test_a_name_that_is_no_preset_ends_the_start_with_those_there_are() -> None:
    with pytest.raises(StartError, match=r"CRUD_RESOURCE=itmes is no preset: set one of configs, .*\./itmes\.yml\."):
        load_resource("itmes")


def test_a_file_that_cannot_be_read_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"mine\.yml, cannot be read: No such file or directory; mount it or "):
        load_resource(str(tmp_path / "mine.yml"))
