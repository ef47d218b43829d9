"""What pydantic does not check by itself: choices, and where JSON's numbers and Python's differ."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidatorFunctionWrapHandler
from pydantic_core import PydanticCustomError


def one_of(choices: Sequence[Any]) -> Callable[[Any], Any]:
    """Return the check that a value is one of these."""
    expected = ", ".join(json.dumps(choice, ensure_ascii=False) for choice in choices)

    def check(value: Any) -> Any:
        if value not in choices:
            raise PydanticCustomError("choice", "Input should be one of {expected}", {"expected": expected})
        return value

    return check


def as_integer(value: Any) -> Any:
    """Take 1.0 for 1, as JSON Schema does."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def as_sent(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """Keep a number as it was sent: 1 stays 1 although its check makes 1.0 of it."""
    check(value)
    return value


def finite(value: Any) -> Any:
    """Refuse numbers in any depth that are JSON but that no float holds, like 1e400."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        raise PydanticCustomError("finite", "Input should hold no number beyond the range of a double") from None
    return value
