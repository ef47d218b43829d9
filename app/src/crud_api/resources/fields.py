"""The types of field that a definition file can name, each with its limits, and what pydantic makes of them."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, NonNegativeInt, WrapValidator, model_validator

from .base_fields import BaseField, ChoiceField, wrong
from .formats import FORMATS
from .values import as_integer, as_sent, finite, one_of


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
