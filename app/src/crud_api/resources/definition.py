"""What a definition file says: a resource, who gives its ids, and its fields."""

from typing import Annotated, Any, Literal, NotRequired, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator
from typing_extensions import TypedDict

from .base_fields import wrong
from .fields import FieldDefinition

# First segments of paths that are the app's own, and what stands beside the records in a page.
RESERVED = frozenset({"faults", "healthz", "metrics", "readyz", "static", "next"})

PathName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,62}$")]


class Definition(BaseModel):
    """A definition file."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    name: PathName
    singular: PathName
    description: str = ""
    id_field: FieldName
    id_chosen_by: Literal["server", "client"] = "server"
    fields: Annotated[dict[FieldName, FieldDefinition], Field(min_length=1)]
    example: dict[str, JsonValue] = {}

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        if self.name in RESERVED:
            raise wrong("name", f"{self.name} is in use for something else; choose another")
        if self.id_field in self.fields:
            raise wrong("id_field", f"{self.id_field} is a field too; rename one of the two")
        return self

    def record_type(self) -> Any:
        """Return the type of a record without its id, for pydantic to check."""
        # A TypedDict and no model: its fields can have any name, and a record goes in and out as the dictionary it is.
        members = {
            name: field.annotation() if field.required or field.has_default else NotRequired[field.annotation()]
            for name, field in self.fields.items()
        }
        record = TypedDict(self.singular, members)  # type: ignore[misc] # made from data
        record.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined] # pydantic's documented way
        return record
