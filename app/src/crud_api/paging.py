"""Pages of a list: `limit` records from behind the cursor `after`, and the link to the next page."""

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

from .problems import Problem

DEFAULT_LIMIT, MOST = 100, 1000


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
    # isdecimal alone would let other scripts' digits pass.
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MOST)) and 1 <= int(text) <= MOST):
        raise Problem(400, f"limit must be a number from 1 to {MOST}.")
    return Page(int(text), _key(request.args.get("after", "")))


def _key(cursor: str) -> str:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (UnicodeError, binascii.Error):
        raise Problem(400, "after must be a cursor from a next link.") from None
