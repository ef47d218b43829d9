"""The paths of the resource: its collection and its members."""

from typing import Any

from ..bodies import JSON, MERGE_PATCH
from ..paging import CURSOR_PATTERN, DEFAULT_LIMIT, MOST, MOST_BYTES
from ..resources import Resource
from .responses import answer, json_content, problems
from .schemas import ID, Names, schema

Path = dict[str, Any]

KEY_ERRORS = (401, 503)
BODY_ERRORS = (413, 415, 422, 507)
PARAMETERS: dict[str, dict[str, Any]] = {
    "limit": {
        "name": "limit",
        "in": "query",
        "description": f"Most records in a page, which ends sooner where they have more than {MOST_BYTES} bytes.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT},
    },
    "after": {
        "name": "after",
        "in": "query",
        "description": "Where the page begins: the cursor of a `next` link, as it is.",
        "schema": {"type": "string", "pattern": CURSOR_PATTERN},
    },
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "description": "ETags, one of which the record must have; `*`: there must be a record.",
        "schema": {"type": "string"},
    },
    "If-None-Match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "ETags that the record must not have; `*`: there must be no record.",
        "schema": {"type": "string"},
    },
}


def record_paths(resource: Resource) -> dict[str, Path]:
    """Return both paths."""
    member = f"/{resource.name}/{{{resource.id_field}}}"
    return {f"/{resource.name}": _collection(resource), member: _member(resource)}


def _collection(resource: Resource) -> Path:
    names, definition = Names(resource), resource.definition
    the_created = {f"path.{resource.id_field}": f"$response.body#/{resource.id_field}"}
    operations = [f"{verb}_{names.one}" for verb in ("read", "replace", "change", "delete")]
    links = {operation: {"operationId": operation, "parameters": the_created} for operation in operations}
    created = answer("The record was created.", json_content(names.record), "ETag", "Location") | {"links": links}
    return {
        "get": {
            "operationId": f"list_{names.many}",
            "summary": f"List {resource.name}, a page at a time",
            "parameters": _parameters("limit", "after"),
            "responses": {
                "200": answer("A page in the order of ids.", json_content(names.page)),
                **problems(503),
            },
        },
        "post": {
            "operationId": f"create_{names.one}",
            "summary": f"Create {_a(definition.singular)}",
            "security": [{"key": []}],
            "requestBody": _body(names.new, JSON, example=definition.example),
            "responses": {"201": created, **problems(*KEY_ERRORS, *BODY_ERRORS, 409)},
        },
    }


def _member(resource: Resource) -> Path:
    names, singular = Names(resource), resource.definition.singular
    record = json_content(names.record)
    conditions = _parameters("If-Match", "If-None-Match")
    answered = {"200": answer("The record as it is now.", record, "ETag")}
    changed = problems(*KEY_ERRORS, *BODY_ERRORS, 404, 412)
    fields = {name: value for name, value in resource.definition.example.items() if name != resource.id_field}
    return {
        "parameters": [{"name": resource.id_field, "in": "path", "required": True, "schema": ID}],
        "get": {
            "operationId": f"read_{names.one}",
            "summary": f"Read {_a(singular)}",
            "parameters": conditions,
            "responses": {
                "200": answer("The record.", record, "ETag"),
                "304": answer("The client has it: If-None-Match names it.", None, "ETag"),
                **problems(404, 412, 503),
            },
        },
        "put": {
            "operationId": f"replace_{names.one}",
            "summary": f"Replace {_a(singular)}, or create it under this id",
            "description": "The body may repeat the id. `If-None-Match: *` creates only.",
            "parameters": conditions,
            "security": [{"key": []}],
            "requestBody": _body(names.fields, JSON, example=fields),
            "responses": {"201": answer("The record was created.", record, "ETag", "Location")} | answered | changed,
        },
        "patch": {
            "operationId": f"change_{names.one}",
            "summary": f"Change some fields of {_a(singular)}",
            "description": "The body is a JSON merge patch (RFC 7396): null removes a field.",
            "parameters": conditions,
            "security": [{"key": []}],
            "requestBody": _body(names.patch, MERGE_PATCH, JSON),
            "responses": answered | changed,
        },
        "delete": {
            "operationId": f"delete_{names.one}",
            "summary": f"Delete {_a(singular)}",
            "parameters": conditions,
            "security": [{"key": []}],
            "responses": {"204": answer("The record is gone."), **problems(*KEY_ERRORS, 404, 412)},
        },
    }


def _parameters(*names: str) -> list[dict[str, str]]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _body(name: str, *media_types: str, example: dict[str, Any] | None = None) -> dict[str, Any]:
    content = {"schema": schema(name)} | ({"example": example} if example else {})
    return {"required": True, "content": dict.fromkeys(media_types, content)}


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
