"""Ids: what they look like in URLs, and those that the server gives."""

import re
import secrets
import time
from uuid import UUID

# Nothing that a URL would have to escape, nor a segment that URLs give a meaning of their own, as . and .. are.
PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$"
MEANING = "An id is 1 to 128 letters, digits and ._~- of ASCII, the first a letter or a digit."
_id = re.compile(PATTERN)


def is_id(text: str) -> bool:
    """Say whether a record can have this id."""
    return _id.fullmatch(text) is not None


def new_id() -> str:
    """Return an id that nobody has had: a UUID of version 7 (RFC 9562), which sorts by the millisecond of its birth."""
    milliseconds = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    value = milliseconds << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    return str(UUID(int=value))
