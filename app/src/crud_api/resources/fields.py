"""The types of field that a definition file can name, each with its limits, and what pydantic makes of them."""

import json
from abc import ABC, abstractmethod
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    NonNegativeInt,
    TypeAdapter,
    ValidationError,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError, SchemaError

from .formats import FORMATS
from .values import as_integer, as_sent, finite, one_of

LIMITS = (("min_length", "max_length"), ("minimum", "maximum"), ("min_items", "max_items"))


def wrong(key: str, reason: str) -> PydanticCustomError:
    """Return an error about one key of what is being checked."""
    return PydanticCustomError("definition", "{reason}", {"key": key, "reason": reason})


class BaseField(BaseModel, ABC):
    """What fields of all types have."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    description: str = ""
    required: bool = False
    default: JsonValue = None

    @property
    def has_default(self) -> bool:
        """Whether a record gets a value that its client left out; null is one where the type takes it."""
        return "default" in self.model_fields_set

    @abstractmethod
    def annotation(self) -> Any:
        """Return the type that checks a value."""

    def samples(self) -> list[tuple[str, JsonValue]]:
        """Return the values that the definition itself names, each behind its key."""
        return [("default", self.default)] if self.has_default else []

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        if self.required and self.has_default:
            raise wrong("default", "a required field never takes it; remove one of the two")
        for low, high in LIMITS:
            least, most = getattr(self, low, None), getattr(self, high, None)
            if least is not None and most is not None and least > most:
                raise wrong(low, f"it is more than {high}; change one of the two")
        try:
            check = TypeAdapter[Any](self.annotation())
        except SchemaError as error:
            raise wrong("pattern", f"it is no regular expression: {str(error).splitlines()[-1]}") from None
        for key, value in self.samples():
            try:
                check.validate_python(value)
            except ValidationError as error:
                message = error.errors(include_url=False)[0]["msg"]
                raise wrong(key, f"{json.dumps(value)} is not possible: {message}") from None
        return self


class ChoiceField(BaseField):
    """A type whose values can be enumerated."""

    choices: Annotated[list[JsonValue], Field(min_length=1)] | None = None

    def samples(self) -> list[tuple[str, JsonValue]]:
        """Return the choices too."""
        return [*super().samples(), *(("choices", choice) for choice in self.choices or [])]

    def chosen(self) -> list[Any]:
        """Return the annotations that the choices make."""
        if self.choices is None:
            return []
        return [AfterValidator(one_of(self.choices)), Field(json_schema_extra={"enum": self.choices})]


class StringField(ChoiceField):
    """Text; the pattern may match anywhere in it, and is one that can't backtrack."""

    type: Literal["string"]
    min_length: NonNegativeInt | None = None
    max_length: NonNegativeInt | None = None
    pattern: str | None = None
    format: Annotated[str, AfterValidator(one_of(list(FORMATS)))] | None = None

    def annotation(self) -> Any:
        """Return the type that checks a value."""
        limits = Field(strict=True, min_length=self.min_length, max_length=self.max_length, pattern=self.pattern)
        formats = []
        if self.format:
            formats = [AfterValidator(FORMATS[self.format]), Field(json_schema_extra={"format": self.format})]
        return Annotated[str, limits, *self.chosen(), *formats]


class IntegerField(ChoiceField):
    """A whole number."""

    type: Literal["integer"]
    minimum: int | None = None
    maximum: int | None = None

    def annotation(self) -> Any:
        """Return the type that checks a value."""
        limits = Field(strict=True, ge=self.minimum, le=self.maximum)
        return Annotated[int, limits, BeforeValidator(as_integer), *self.chosen()]


class NumberField(ChoiceField):
    """Any number that a double holds."""

    type: Literal["number"]
    minimum: float | None = None
    maximum: float | None = None

    def annotation(self) -> Any:
        """Return the type that checks a value."""
        limits = Field(strict=True, ge=self.minimum, le=self.maximum, allow_inf_nan=False)
        return Annotated[float, limits, WrapValidator(as_sent), *self.chosen()]


class BooleanField(BaseField):
    """True or false."""

    type: Literal["boolean"]

    def annotation(self) -> Any:
        """Return the type that checks a value."""
        return Annotated[bool, Field(strict=True)]


class ListField(BaseField):
    """A list of values that are all of one type."""

    type: Literal["list"]
    items: Annotated[StringField | IntegerField | NumberField | BooleanField, Field(discriminator="type")]
    min_items: NonNegativeInt | None = None
    max_items: NonNegativeInt | None = None

    def annotation(self) -> Any:
        """Return the type that checks a value."""
        limits = Field(strict=True, min_length=self.min_items, max_length=self.max_items)
        return Annotated[list[self.items.annotation()], limits]  # type: ignore[misc] # made from data

    @model_validator(mode="after")
    def _items_only_check(self) -> Self:
        if self.items.required or self.items.has_default:
            raise wrong("items", "remove required and default; they belong to the list")
        return self


class ObjectField(BaseField):
    """A JSON object with whatever is in it."""

    type: Literal["object"]

    def annotation(self) -> Any:
        """Return the type that checks a value."""
        return Annotated[dict[str, Any], Field(strict=True), AfterValidator(finite)]


class AnyField(BaseField):
    """Any JSON, null included."""

    type: Literal["any"]

    def annotation(self) -> Any:
        """Return the type that checks a value."""
        return Annotated[Any, AfterValidator(finite)]


FieldDefinition = Annotated[
    StringField | IntegerField | NumberField | BooleanField | ListField | ObjectField | AnyField,
    Field(discriminator="type"),
]

FIELD_TYPES: dict[Any, type[BaseField]] = {
    "string": StringField,
    "integer": IntegerField,
    "number": NumberField,
    "boolean": BooleanField,
    "list": ListField,
    "object": ObjectField,
    "any": AnyField,
}
