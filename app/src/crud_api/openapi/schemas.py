"""Schemas of records, and of the bodies that make and change them."""

from typing import Any

from ..ids import MEANING, PATTERN
from ..resources import Resource

Schema = dict[str, Any]

ID: Schema = {"type": "string", "description": MEANING, "pattern": PATTERN}
# Said, because null is welcome for any other name that a patch may hold.
NO_ID: Schema = {"description": "The id is the URL's; leave it out.", "not": {}}
PROBLEM: Schema = {
    "type": "object",
    "description": "An error (RFC 9457).",
    "properties": {
        "type": {"const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string", "description": "The log has the request under it."},
        "errors": {
            "type": "array",
            "description": "What is wrong with each field.",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "description": "The field, as JSON pointer (RFC 6901)."},
                    "detail": {"type": "string"},
                },
                "required": ["pointer", "detail"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["type", "title", "status", "detail", "request_id"],
    "additionalProperties": False,
}


class Names:
    """What a resource is called in operations (item, items) and schemas (Item, NewItem, ItemFields and so on)."""

    def __init__(self, resource: Resource) -> None:
        """Make them from the definition's two names."""
        self.one = resource.definition.singular.replace("-", "_")
        self.many = resource.name.replace("-", "_")
        self.record = resource.definition.singular.title().replace("-", "")
        self.new = f"New{self.record}"
        self.fields = f"{self.record}Fields"
        self.patch = f"{self.record}Patch"
        self.page = f"{self.record}Page"


def schema(name: str) -> Schema:
    """Return a reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def schemas(resource: Resource) -> dict[str, Schema]:
    """Return all schemas by name."""
    names, definition = Names(resource), resource.definition
    fields = _fields(resource)
    required = [name for name, field in definition.fields.items() if field.required]
    present = [name for name, field in definition.fields.items() if field.required or field.has_default]
    patch = {resource.id_field: NO_ID} | {name: _patched(made, name in required) for name, made in fields.items()}
    identified = {resource.id_field: ID} | fields
    chosen = resource.id_chosen_by == "client"
    return {
        names.record: _object(identified, [resource.id_field, *present], definition.description),
        names.new: _object(identified, [resource.id_field, *required]) if chosen else _object(fields, required),
        names.fields: _object(fields, required),
        names.patch: _object(patch, []) | {"additionalProperties": {"type": "null"}},
        names.page: _object(
            {
                resource.name: {"type": "array", "items": schema(names.record)},
                "next": {"type": ["string", "null"], "description": "The next page's URL, null on the last one."},
            },
            [resource.name, "next"],
        ),
        "Problem": PROBLEM,
    }


def _fields(resource: Resource) -> dict[str, Schema]:
    """Return the fields' schemas: those that pydantic checks by, with the definition's words."""
    made = resource.fields.json_schema()["properties"]
    for name, field in resource.definition.fields.items():
        del made[name]["title"]
        made[name] |= {"description": field.description} if field.description else {}
        made[name] |= {"default": field.default} if field.has_default else {}
    return dict(made)


def _patched(field: Schema, required: bool) -> Schema:
    """Return what a merge patch may hold for a field: null removes it, unless it is required."""
    field = {name: value for name, value in field.items() if name != "default"}
    if "type" not in field:
        return field | {"not": {"type": "null"}} if required else field
    return field if required else {"anyOf": [field, {"type": "null"}]}


def _object(properties: dict[str, Schema], required: list[str], description: str = "") -> Schema:
    made = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return made | ({"description": description} if description else {})
