"""The requests that servers are measured with, prepared once."""

import contextlib
import json

from .server import Server

KEY = "a-key-of-the-bench"
BODY = b'{"name":"lamp"}'


def request(method: str, path: str, body: bytes = b"") -> bytes:
    """Return a request; one with a body has the key too."""
    headers = f"X-Key: {KEY}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: bench\r\n{headers}\r\n".encode() + body


def fill(server: Server) -> str:
    """Make what those that read need, a hundred records; return the path of one."""
    with contextlib.closing(server.client(1)) as client:
        for _ in range(99):
            client.run(request("POST", "/items", BODY), 1)
        record = json.loads(client.run(request("POST", "/items", BODY), 1).partition(b"\r\n\r\n")[2])
    return f"/items/{record['item_id']}"


def timed(path: str) -> dict[str, bytes]:
    """Return each kind of request whose cost is measured."""
    return {
        "GET one record": request("GET", path),
        "GET a list of 100": request("GET", "/items?limit=100"),
        "POST with a key": request("POST", "/items", BODY),
    }


def mixed(path: str) -> dict[bytes, str]:
    """Return requests of all kinds that add no record, and what the status of each begins with."""
    return {
        request("GET", path): "200",
        request("GET", "/items?limit=100"): "200",
        request("PUT", path, BODY): "200",
        request("POST", "/items", b'{"name":1}'): "422",
        request("GET", "/no-such-path"): "404",
    }
