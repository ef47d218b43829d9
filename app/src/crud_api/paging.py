"""Pages of a list: `limit` records from behind the cursor `after`, and the link to the next page."""

import base64
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

from .problems import Problem

DEFAULT_LIMIT, MOST = 100, 1000
# Bytes of records in a page, whatever its limit. Each thread holds one page while it is sent, and the kernel a copy.
MOST_BYTES = 1024**2
LIMIT = re.compile(r"[1-9][0-9]{0,3}")
# Base64 for URLs, without its padding, of up to 128 characters.
CURSOR_PATTERN = r"^([A-Za-z0-9_-]{4}){0,42}([A-Za-z0-9_-]{2,3})?$"
CURSOR = re.compile(CURSOR_PATTERN)


@dataclass(frozen=True)
class Page:
    """The page that a client asks for; `after` is a key, before the first of all keys if empty."""

    limit: int
    after: str = ""

    def link_behind(self, key: str) -> str:
        """Return the query of the page behind a key."""
        cursor = base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")
        return "?" + urlencode({"limit": self.limit, "after": cursor})


def requested_page() -> Page:
    """Read the page from the request's query."""
    text = request.args.get("limit", str(DEFAULT_LIMIT))
    if not LIMIT.fullmatch(text) or int(text) > MOST:
        raise Problem(400, f"limit must be a number from 1 to {MOST}.")
    return Page(int(text), _position(request.args.get("after", "")))


def _position(cursor: str) -> str:
    """Return where a list goes on: any cursor of the right form is a place in the order, whatever it was made from."""
    if not CURSOR.fullmatch(cursor):
        raise Problem(400, "after must be a cursor from a next link.")
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("latin-1")
