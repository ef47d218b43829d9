"""A record to prove the API with, and a change of it: from the app's own description, whatever it serves."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crud_lab.verification.problem import VerifyError
from crud_lab.verification.web import request

Record = dict[str, Any]
Schema = Mapping[str, Any]

# In YAML, which a text may have to be, this is a comment.
ADDITION = " # changed"
# Limits of a text that an addition can be measured against; a pattern or a list of choices can't.
MEASURABLE = {"type", "minLength", "maxLength", "description", "default"}


@dataclass(frozen=True)
class Sample:
    """What verify sends, and what it prints for a person to send."""

    example: Record
    record: Record
    changed: Record
    id_field: str
    # Whether clients choose the ids.
    id_chosen: bool


def read_sample(url: str, resource: str, given: Record) -> Sample:
    """Make a sample of the record that was given, else of the example in the app's description."""
    return make_sample(read_description(url), resource, given)


def read_description(url: str) -> Mapping[str, Any]:
    """Ask the app what it serves."""
    where = f"{url}/openapi.json"
    reply = request("GET", where)
    description = reply.json()
    if reply.status != 200 or not isinstance(description, dict):  # noqa: PLR2004 - HTTP's number for OK
        raise VerifyError(
            f"GET {where}: {reply}, not the API's description", "ansible-playbook site.yml --tags image,app"
        )
    return description


def make_sample(description: Mapping[str, Any], resource: str, given: Record) -> Sample:
    """Make a sample; an id that the client chooses becomes one that nobody else has."""
    paths = description["paths"]
    if f"/{resource}" not in paths:
        raise VerifyError(
            f"the API describes {', '.join(paths)}, not /{resource}, which the stage app deployed",
            "ansible-playbook site.yml --tags app",
        )
    body = paths[f"/{resource}"]["post"]["requestBody"]["content"]["application/json"]
    example = given or body.get("example")
    if not example:
        seen = f"the description of /{resource} has no example of what can be created"
        raise VerifyError(seen, "add example to the definition file, or set verify_record")
    schema = description["components"]["schemas"][body["schema"]["$ref"].rpartition("/")[2]]
    id_field = next(path for path in paths if path.startswith(f"/{resource}/")).rpartition("/")[2].strip("{}")
    fields = {name: value for name, value in example.items() if name != id_field}
    id_chosen = id_field in schema["properties"]
    chosen = {id_field: f"verify-{secrets.token_hex(8)}"} if id_chosen else {}
    return Sample(example, chosen | fields, change(fields, schema["properties"]), id_field, id_chosen)


def change(fields: Record, schemas: Mapping[str, Schema]) -> Record:
    """Return the fields with the first one changed that can be; where none can, an update only repeats them."""
    for name, value in fields.items():
        new = _changed(value, schemas.get(name, {"enum": []}))
        if new != value:
            return fields | {name: new}
    return fields


def _changed(value: Any, schema: Schema) -> Any:
    """Return another value that the schema permits too, or the same where that is not plain to see."""
    if not schema.keys() - {"description", "default"}:
        return {"changed": value}
    if schema.get("type") == "boolean" and "enum" not in schema:
        return not value
    is_text = schema.get("type") == "string" and (schema.keys() <= MEASURABLE or schema.get("format") == "yaml")
    fits = is_text and len(f"{value}{ADDITION}") <= schema.get("maxLength", len(f"{value}{ADDITION}"))
    return f"{value}{ADDITION}" if fits else value
