"""Sizes as Multipass reads and prints them."""

from __future__ import annotations

import re

from .errors import MultipassError

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMG]?)(?:i?B)?", re.IGNORECASE)


def parse(text: str) -> int:
    """Give the bytes of a size such as 4G, 4.0GiB, 512M or 1234."""
    match = SIZE.fullmatch(text.strip())
    if not match:
        raise MultipassError(f"{text!r} is no size: write it like 4G, 1536M or 0.5G")
    return int(float(match[1]) * UNITS[match[2].upper()])


def difference(wanted: str, printed: str) -> int:
    """Give the bytes that are wanted beyond what `multipass get` prints, which it rounds to a tenth of its unit."""
    match = SIZE.fullmatch(printed.strip())
    unit = UNITS[match[2].upper()] if match else 1
    bytes_more = parse(wanted) - parse(printed)
    return 0 if abs(bytes_more) <= 0.05 * unit else bytes_more
