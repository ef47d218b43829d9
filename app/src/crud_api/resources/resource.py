"""A resource at work: it checks what clients send, and makes the records that are stored and sent."""

from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, from_json, to_json

from ..bodies import merge_patch
from ..ids import MEANING, is_id, new_id
from ..problems import FieldError, Problem, pointer_to
from .definition import Definition

ABSENT = object()

# Where pydantic speaks of Python.
OWN_WORDS = {
    "dict_type": "Input should be an object",
    "list_type": "Input should be an array",
    "extra_forbidden": "There is no such field",
}


class Resource:
    """One resource; its routes, validation, description and metrics follow from its definition."""

    def __init__(self, definition: Definition) -> None:
        """Make the checks once."""
        self.definition = definition
        self.name = definition.name
        self.id_field = definition.id_field
        self.id_chosen_by = definition.id_chosen_by
        self.fields = TypeAdapter[dict[str, Any]](definition.record_type())
        self._defaults = {name: field.default for name, field in definition.fields.items() if field.has_default}

    def created(self, body: Any) -> tuple[str, bytes]:
        """Return the key and the record that a body makes in the collection."""
        given = body.get(self.id_field, ABSENT) if isinstance(body, dict) else ABSENT
        if self.id_chosen_by == "server":
            key, wrong = new_id(), None if given is ABSENT else "The server gives ids; leave it out."
        else:
            key, wrong = str(given), None if isinstance(given, str) and is_id(given) else MEANING
        return key, self._record(key, body, wrong)

    def replaced(self, key: str, body: Any) -> bytes:
        """Return the record that a body makes under a key; what was read can be sent back."""
        return self._record(key, body, self._renames(key, body))

    def patched(self, key: str, record: bytes, patch: Any) -> bytes:
        """Return a record with a JSON merge patch applied."""
        return self._record(key, merge_patch(from_json(record), patch), self._renames(key, patch))

    def _renames(self, key: str, body: Any) -> str | None:
        renamed = isinstance(body, dict) and body.get(self.id_field, key) != key
        return "The id is the URL's; leave it out." if renamed else None

    def _record(self, key: str, body: Any, wrong_id: str | None) -> bytes:
        """Check a body whole, so that its client learns all that is wrong with it."""
        errors = [FieldError(f"/{self.id_field}", wrong_id)] if wrong_id else []
        if isinstance(body, dict):
            body = self._defaults | body
            body.pop(self.id_field, None)
        try:
            fields = self.fields.validate_python(body)
        except ValidationError as error:
            errors += map(_field_error, error.errors(include_url=False, include_input=False))
        if errors:
            raise Problem(422, "The body is not a valid record.", errors=tuple(errors))
        return to_json({self.id_field: key} | fields)


def _field_error(error: ErrorDetails) -> FieldError:
    return FieldError(pointer_to(error["loc"]), OWN_WORDS.get(error["type"], error["msg"]))
