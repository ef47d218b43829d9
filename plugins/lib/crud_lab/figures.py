"""Numbers as a person reads them. None is a number that nobody has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

NONE = "-"
UNITS = ("B", "KiB", "MiB", "GiB")
STEP = 1024


def _known(write: Callable[[float], str]) -> Callable[[float | None], str]:
    return lambda value: NONE if value is None else write(value)


def _duration(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def _memory(size: float) -> str:
    unit = 0
    while size >= STEP and unit < len(UNITS) - 1:
        size, unit = size / STEP, unit + 1
    return f"{size:.0f} {UNITS[unit]}"


count = _known(lambda value: f"{value:.0f}")
rate = _known(lambda value: f"{value:.1f}/s")
share = _known(lambda value: f"{value:.1%}")
percent = _known(lambda value: f"{value:.0f}%")
number = _known(lambda value: f"{value:.1f}")
cores = _known(lambda value: f"{value * 1000:.0f}m")
duration = _known(_duration)
memory = _known(_memory)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Align columns: the first to the left, the others, which are numbers, to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return ["  ".join(_cells(row, widths)).rstrip() for row in (head, *rows)]


def _cells(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    (first, *others), (width, *more) = row, widths
    return [f"{first:<{width}}", *(f"{text:>{size}}" for text, size in zip(others, more, strict=True))]
