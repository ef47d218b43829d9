"""An API of a few lines for clients to be tested with: records in memory, errors on demand, all requests counted."""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "0123456789abcdef"


class SmallApi(ThreadingHTTPServer):
    """Serves /items, and /faults for whoever asks."""

    daemon_threads = True

    def __init__(self, *, chosen_ids: bool = False) -> None:
        """Listen at a free port."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.chosen_ids = chosen_ids
        self.records: dict[str, Any] = {}
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.faults = 0
        self.lock = threading.Lock()
        # Of each so many requests one is answered with 500, or not at all; 0 is none.
        self.error_each = 0
        self.drop_each = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: SmallApi

    def do_GET(self) -> None:
        """Read one or all."""
        self.answer(lambda item, _: self.one(item) if item else (200, {"items": []}))

    def do_POST(self) -> None:
        """Create."""
        self.answer(self.create)

    def do_PUT(self) -> None:
        """Replace, or begin faults."""
        self.answer(lambda item, body: self.one(item, {**body, "item_id": item}))

    def do_DELETE(self) -> None:
        """Remove."""
        self.answer(lambda item, _: (204, None) if self.server.records.pop(item, None) else (404, {}))

    def one(self, item: str, new: Any = None) -> tuple[int, Any]:
        if item not in self.server.records:
            return 404, {}
        self.server.records[item] = new or self.server.records[item]
        return 200, self.server.records[item]

    def create(self, item: str, body: Any) -> tuple[int, Any]:
        del item
        name = body["item_id"] if self.server.chosen_ids else f"r{self.server.counts.total()}"
        assert name not in self.server.records
        self.server.records[name] = {**body, "item_id": name}
        return 201, self.server.records[name]

    def answer(self, make: Any) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        _, resource, *item = self.path.partition("?")[0].split("/")
        with self.server.lock:
            if resource == "faults":
                self.server.faults += 1
                self.send(200, {})
                return
            number = self.server.counts.total() + 1
            body: Any = None
            if self.server.drop_each and number % self.server.drop_each == 0:
                status = 0
            elif self.server.error_each and number % self.server.error_each == 0:
                status, body = 500, {}
            elif self.command != "GET" and self.headers.get("X-Key") != KEY:
                status, body = 401, {}
            else:
                try:
                    status, body = make("/".join(item), json.loads(text or "{}"))
                except ValueError:
                    status, body = 400, {}
            route = f"/{resource}/<id>" if item else f"/{resource}"
            self.server.counts[self.command, route, str(status)] += 1
        self.send(status, body)

    def send(self, status: int, body: Any) -> None:
        if not status:
            self.close_connection = True
            return
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *words: Any) -> None:
        """Be quiet."""
