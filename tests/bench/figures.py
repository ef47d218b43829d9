"""Figures with what they tell, and the table that is printed."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

WIDTH = 48


@dataclass
class Figures:
    """Values by what they tell, in the order of their first ones."""

    _values: dict[str, list[float]] = field(default_factory=dict)
    _units: dict[str, str] = field(default_factory=dict)

    def add(self, what: str, value: float, unit: str = "") -> None:
        """Add a value, of one round where there are several."""
        self._values.setdefault(what, []).append(value)
        self._units[what] = unit

    def add_ratios(self, longer: str, shorter: str) -> None:
        """Add what each round's values are to each other; none where one of them was not measured."""
        if longer in self._values and shorter in self._values:
            for above, below in zip(self._values[longer], self._values[shorter], strict=True):
                self.add(f"{longer} / {shorter}", above / below)

    def lines(self) -> list[str]:
        """Return the table's lines: medians, with each round's values where there are several."""
        return [self._line(what) for what in self._values]

    def _line(self, what: str) -> str:
        values, unit = self._values[what], self._units[what]
        digits = 2 if unit == "" else 0 if unit in ("MB", "files") else 1
        each = f"  ({', '.join(f'{value:.{digits}f}' for value in values)})" if len(values) > 1 else ""
        return f"{what:<{WIDTH}} {statistics.median(values):8.{digits}f} {unit}{each}".rstrip()
