"""A site of releases in this process, on a real socket: it serves bytes, and misbehaves as told."""

from __future__ import annotations

import hashlib
import http.client
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from bundler.lock import Lock, Release
from bundler.releases import release_recipes
from bundler.settings import Settings
from bundler.source import Source
from bundler.workshop import Workshop

Fault = Callable[["Handler", bytes], None]


@dataclass
class Site:
    """What is served; each request takes the next of `faults`, and is served well once none is left."""

    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    validators: bool = True
    requests: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def put(self, path: str, content: bytes) -> str:
        """Serve bytes and return their sum."""
        self.files[path] = content
        return hashlib.sha256(content).hexdigest()

    def ranges(self) -> list[str | None]:
        """Return the ranges that were asked for."""
        return [headers.get("Range") for _, headers in self.requests]


class Handler(BaseHTTPRequestHandler):
    """One request of a Site, or one that it is asked to pass on as a proxy."""

    protocol_version = "HTTP/1.1"
    server: SiteServer

    def do_GET(self) -> None:
        self.get()

    def get(self) -> None:
        """Answer a GET request."""
        site = self.server.site
        site.requests.append((self.path, dict(self.headers)))
        content = site.files.get(urlsplit(self.path).path)
        if content is None:
            self.answer(404, b"none")
        elif site.faults:
            site.faults.pop(0)(self, content)
        else:
            self.serve(content)

    def do_CONNECT(self) -> None:
        self.server.site.requests.append((self.path, dict(self.headers)))
        self.answer(403, b"not through here")

    def serve(self, content: bytes, cut: int | None = None) -> None:
        """Answer as a good server does; with `cut` only so many bytes of the body are sent."""
        etag = f'"{hashlib.sha256(content).hexdigest()}"'
        headers = {"ETag": etag} if self.server.site.validators else {}
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(wanted[1]) if wanted and self.headers.get("If-Range", etag) == etag else 0
        if wanted and start >= len(content):
            self.answer(416, b"")
        elif wanted and start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self.answer(206, content[start:], headers, cut)
        else:
            self.answer(200, content, headers, cut)

    def answer(
        self, status: int, body: bytes, headers: Mapping[str, str] | None = None, cut: int | None = None
    ) -> None:
        """Send one answer and close the connection."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "Connection": "close", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:cut])
        self.wfile.flush()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class SiteServer(ThreadingHTTPServer):
    """The server of one Site."""

    daemon_threads = True

    def __init__(self, site: Site, handler: type[Handler] = Handler) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), handler)
        self.site = site
        site.url = f"http://127.0.0.1:{self.server_address[1]}"


class ProxyHandler(Handler):
    """A proxy: a request names the whole address, which it fetches."""

    def get(self) -> None:
        self.server.site.requests.append((self.path, dict(self.headers)))
        target = urlsplit(self.path)
        connection = http.client.HTTPConnection(target.hostname or "", target.port)
        connection.request("GET", target.path)
        reply = connection.getresponse()
        self.answer(reply.status, reply.read(), {"ETag": reply.headers.get("ETag", "")})
        connection.close()


@contextmanager
def serving(handler: type[Handler] = Handler) -> Iterator[Site]:
    """Serve until the end of the block."""
    site = Site()
    with SiteServer(site, handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield site
        finally:
            site.released.set()
            server.shutdown()
            thread.join()


def status(code: int, **headers: str) -> Fault:
    """Refuse."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, _: handler.answer(code, b"no", named)


def cut(sent: int) -> Fault:
    """Promise all, send the beginning, close."""
    return lambda handler, content: handler.serve(content, sent)


def stall(sent: int) -> Fault:
    """Promise all, send the beginning, fall silent until the site ends."""

    def fault(handler: Handler, content: bytes) -> None:
        handler.serve(content, sent)
        handler.server.site.released.wait()

    return fault


def redirect(url: str) -> Fault:
    """Send elsewhere."""
    return lambda handler, _: handler.answer(302, b"", {"Location": url})


def workshop(root: Path, url: str, sha256: str) -> Workshop:
    """Return a workshop whose source is one file of a site; a child process makes the same one."""
    release = Release("k3s", "cluster", "1.2.3+k3s1", "k3s", "v1.2.3/k3s", sha256, "bin/k3s", None)
    recipes = release_recipes(Settings({"k3s": url}, {}), Lock((release,), ()))
    return Workshop(root / "bundle", root / "cache", Source("releases", {"k3s": recipes["k3s"]}))
