"""What the API serves: a resource is a name, the field that holds a record's id, and a model of the other fields."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from .problems import FieldError, Problem


@dataclass(frozen=True)
class Resource:
    """One resource; its routes, validation and metrics follow from this."""

    name: str
    id_field: str
    model: type[BaseModel]

    def record(self, key: str, body: Any) -> bytes:
        """Check what a client sent, whole, and return the record that is stored and sent."""
        fields = self._without_id(key, body)
        try:
            checked = self.model.model_validate(fields)
        except ValidationError as error:
            raise _unprocessable(*map(_field_error, error.errors(include_url=False, include_input=False))) from None
        document = {self.id_field: key} | checked.model_dump(exclude_none=True)
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()

    def _without_id(self, key: str, body: Any) -> Any:
        """Take the id out of a body: what was read can be sent back, but nobody renames a record."""
        if not isinstance(body, dict) or self.id_field not in body:
            return body
        if body[self.id_field] != key:
            raise _unprocessable(FieldError(f"/{self.id_field}", "The server gives ids; leave it out."))
        return {name: value for name, value in body.items() if name != self.id_field}


class Item(BaseModel):
    """An item's own fields."""

    model_config = ConfigDict(strict=True, extra="forbid")

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    description: Annotated[str, StringConstraints(max_length=2000)] | None = None
    tags: Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=50)]], Field(max_length=20)] = []


ITEMS = Resource("items", "item_id", Item)


def _unprocessable(*errors: FieldError) -> Problem:
    return Problem(422, "The body is not a valid record.", errors=errors)


def _field_error(error: Any) -> FieldError:
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error["loc"])
    return FieldError(pointer, error["msg"])
