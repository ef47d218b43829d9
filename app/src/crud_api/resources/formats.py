"""Formats that a string field can have: what the text must be besides text."""

from collections.abc import Callable, Mapping

import yaml
from pydantic_core import PydanticCustomError

# Deeper than people write; the parser's time grows with the square of the depth.
DEEPEST = 100


def parse_yaml(text: str) -> str:
    """Refuse what is no YAML.

    Its events are enough for that, and safe with anyone's text: no object is made, no alias or merge key expanded.
    """
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise _refusal(f"it is nested more than {DEEPEST} deep")
    except yaml.MarkedYAMLError as error:
        raise _refusal(f"line {line_of(error)}: {error.problem}") from None
    except yaml.YAMLError:
        raise _refusal("it holds a character that YAML forbids") from None
    return text


def line_of(error: yaml.MarkedYAMLError) -> int:
    """Return the line where PyYAML found the error; it always knows."""
    return error.problem_mark.line + 1  # type: ignore[union-attr] # optional only where errors are made by hand


def _refusal(reason: str) -> PydanticCustomError:
    return PydanticCustomError("yaml", "Input should be YAML, but {reason}", {"reason": reason})


FORMATS: Mapping[str, Callable[[str], str]] = {"yaml": parse_yaml}
