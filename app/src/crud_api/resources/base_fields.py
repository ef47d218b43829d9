"""What fields of all types have, and the check that a definition makes sense before anybody uses it."""

import json
from abc import ABC, abstractmethod
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError, SchemaError

from .values import one_of

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
