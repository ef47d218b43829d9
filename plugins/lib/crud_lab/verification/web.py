"""One HTTP request without proxies or redirects: what a client on this machine sees."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 5


@dataclass(frozen=True)
class Reply:
    """An answer; status 0 means that none came, and `text` says why."""

    status: int
    text: str
    location: str = ""

    def json(self) -> Any:
        """Return the decoded body, None where it is not JSON."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None

    def __str__(self) -> str:
        """Say the status, or why there is none."""
        return str(self.status) if self.status else self.text


def request(method: str, url: str, headers: dict[str, str] | None = None, body: object = None) -> Reply:
    """Send one request; a connection that fails is a reply too, since that is what verify reports."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
    sent = {"Accept": "application/json", **(headers or {})}
    data = None
    if body is not None:
        data = json.dumps(body).encode()
        sent["Content-Type"] = "application/json"
    try:
        connection.request(method, parts.path or "/", data, sent)
        answer = connection.getresponse()
        location = answer.headers.get("Location", "")
        return Reply(answer.status, answer.read().decode(errors="replace"), location)
    except (OSError, http.client.HTTPException) as error:
        return Reply(0, f"no answer ({error or type(error).__name__})")
    finally:
        connection.close()
