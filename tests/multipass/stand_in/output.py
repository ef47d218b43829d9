"""What Multipass writes, byte for byte where a program could trip over it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

CLEAR = "\x1b[2K\x1b[0A\x1b[0E"


@dataclass
class Failure(Exception):  # noqa: N818 - it is an answer, not an error of this program
    """A refusal as Multipass words it."""

    status: int
    message: str


class OutsideContractError(Exception):
    """What the role is not supposed to use: the stand-in says so and does nothing."""


def spin(message: str) -> None:
    """Write a spinner as it arrives in a pipe: on standard output, terminal or not."""
    sys.stdout.write(f"{CLEAR}{message}  \b/\b {CLEAR}")


def document(value: Any) -> None:
    """Write JSON in Qt's form: four spaces, sorted keys, empty lists and objects on two lines."""
    sys.stdout.write(_render(value, "") + "\n")


def _render(value: Any, indent: str) -> str:
    inner = indent + "    "
    if isinstance(value, dict):
        lines = [f'{inner}"{key}": {_render(value[key], inner)}' for key in sorted(value)]
        return _enclose("{", lines, "}", indent)
    if isinstance(value, list):
        return _enclose("[", [inner + _render(each, inner) for each in value], "]", indent)
    if isinstance(value, str):
        return f'"{value}"'
    return str(value)


def _enclose(opening: str, lines: list[str], closing: str, indent: str) -> str:
    body = ",\n".join(lines) + "\n" if lines else ""
    return f"{opening}\n{body}{indent}{closing}"
