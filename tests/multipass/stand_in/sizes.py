"""Sizes as the daemon reads them, and as `get` prints them: rounded to a tenth."""

from __future__ import annotations

import re

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
NO_SIZE = (
    "{} is not a valid memory size - need a non-negative integer (in base 10) or a decimal followed by K, M, or G "
    "(e.g. 1234B, 42MiB, 0.5G)"
)


def parse(text: str) -> int:
    """Give bytes, or raise the message that Multipass prints."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([KMG]?)(?:i?B)?", text, re.IGNORECASE)
    if not match:
        raise ValueError(NO_SIZE.format(text))
    return int(float(match[1]) * UNITS[match[2].upper()])


def human(number: int) -> str:
    """Print bytes in the largest unit that fits."""
    for unit in "GMK":
        if number >= UNITS[unit]:
            return f"{number / UNITS[unit]:.1f}{unit}iB"
    return f"{number}B"
