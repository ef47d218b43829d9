"""Does a value fit its specification? Stricter than Ansible, which turns a list into text and says nothing."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any

BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
PORTS = range(1, 65536)
# Host name, container, Kubernetes node and Multipass instance bear it, so it must suit all of them.
LAB_NAME = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?")
LAB_NAME_IN_WORDS = "1 to 40 lower-case letters, digits and hyphens, a letter first and no hyphen last"


def _is_int(value: object) -> bool:
    # What comes from -e name=value is text whatever it looks like.
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value) is not None
    )


def _is_float(value: object) -> bool:
    return (
        _is_int(value)
        or isinstance(value, float)
        or (isinstance(value, str) and re.fullmatch(r"-?[0-9]+\.[0-9]+", value) is not None)
    )


def _is_bool(value: object) -> bool:
    return isinstance(value, bool) or (isinstance(value, str) and value.lower() in BOOLEANS)


def _is_path(value: object) -> bool:
    return isinstance(value, str) and value.startswith("/")


TYPES: dict[str, tuple[Callable[[object], bool], str]] = {
    "str": (lambda value: isinstance(value, str), "text"),
    "int": (_is_int, "a whole number"),
    "float": (_is_float, "a number"),
    "bool": (_is_bool, "true or false"),
    "path": (_is_path, "a whole path, from / on"),
    "list": (lambda value: isinstance(value, list), "a list"),
    "dict": (lambda value: isinstance(value, Mapping), "a mapping of names to values"),
    "raw": (lambda _: True, "anything"),
}


def problems(name: str, value: object, spec: Mapping[str, Any]) -> Iterator[str]:
    """Say for each part of a value that doesn't fit what it is and what it must be."""
    if "default" in spec and value == spec["default"]:
        return
    kind = spec.get("type", "str")
    fits, wanted = TYPES[kind]
    if _is_port(name, spec):
        wanted = f"a port, {PORTS[0]} to {PORTS[-1]}"
    if not fits(value) or (_is_port(name, spec) and int(str(value)) not in PORTS):
        quotes = " in quotes" if kind == "str" and isinstance(value, int | float) else ""
        yield _sentence(name, value, spec, wanted + quotes)
        return
    # Those of a list are for its elements.
    if (
        "choices" in spec
        and kind != "list"
        and str(value).lower() not in {str(choice).lower() for choice in spec["choices"]}
    ):
        yield _sentence(name, value, spec, "one of " + ", ".join(map(str, spec["choices"])))
    if name == "lab_name" and not LAB_NAME.fullmatch(str(value)):
        yield _sentence(name, value, spec, LAB_NAME_IN_WORDS)
    yield from _problems_inside(name, value, spec)


def plain(value: object, spec: Mapping[str, Any]) -> Any:
    """Give a value that fits as what it means: -e name=value makes text of everything."""
    kind = spec.get("type", "str")
    if isinstance(value, str) and kind == "bool":
        return BOOLEANS.get(value.lower(), value)
    if isinstance(value, str) and kind in ("int", "float") and TYPES[kind][0](value):
        return int(value) if kind == "int" else float(value)
    return value


def _is_port(name: str, spec: Mapping[str, Any]) -> bool:
    return name.endswith("_port") and spec.get("type") == "int"


def _problems_inside(name: str, value: object, spec: Mapping[str, Any]) -> Iterator[str]:
    options = spec.get("options")
    if isinstance(value, list):
        element = {key: spec[key] for key in ("choices", "options", "no_log") if key in spec} | {
            "type": spec.get("elements", "raw")
        }
        for index, item in enumerate(value):
            yield from problems(f"{name}[{index}]", item, element)
    elif isinstance(value, Mapping) and options:
        for key in value.keys() - options.keys():
            yield f"{name}.{key} is unknown; known are {', '.join(options)}"
        for key, option in options.items():
            if key in value:
                yield from problems(f"{name}.{key}", value[key], option)
            elif option.get("required"):
                yield f"{name}.{key} is missing"


def _sentence(name: str, value: object, spec: Mapping[str, Any], wanted: str) -> str:
    return f"{name} is {'(hidden)' if spec.get('no_log') else show(value)}, but must be {wanted}"


def show(value: object) -> str:
    """Write a value for a sentence, shortened."""
    if value is None:
        return "empty"
    text = repr(str(value)) if isinstance(value, str) else json.dumps(value, default=str)
    return textwrap.shorten(text, 80, placeholder=" …")
