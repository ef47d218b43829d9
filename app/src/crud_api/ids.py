"""Ids that the server gives: UUIDs of version 7 (RFC 9562), which sort by the millisecond of their birth."""

import secrets
import time
from uuid import UUID


def new_id() -> str:
    """Return an id that nobody has had."""
    milliseconds = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    value = milliseconds << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    return str(UUID(int=value))
