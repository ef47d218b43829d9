"""Clients that write without a pause, and know what they were promised when the server is gone."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from threading import Semaphore, Thread

from conftest import KEY

PATIENCE = 10
HEADERS = {"X-Key": KEY, "Content-Type": "application/json"}
DELETED = None


class NotAcknowledgedError(Exception):
    """The server answered, but not that it had made the change."""


class Writer(Thread):
    """Creates, changes and deletes records of its own, one call after the other, until a call is not acknowledged."""

    def __init__(self, port: int, name: str, acknowledged: Semaphore) -> None:
        super().__init__(name=name)
        self.port = port
        self.acknowledged = acknowledged
        # What each record may be: what was acknowledged last, or what the call under way makes of it.
        self.records: dict[str, set[str | None]] = {}
        # What a call under way creates, at a URL that is not known yet.
        self.creating: set[str] = set()
        self.ended_by: Exception | None = None

    def run(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            for number in range(1_000_000):
                self.write(connection, f"{self.name}.{number}", delete=number % 3 == 0)
        except (OSError, HTTPException, NotAcknowledgedError) as error:
            self.ended_by = error
        finally:
            connection.close()

    def write(self, connection: HTTPConnection, name: str, *, delete: bool) -> None:
        self.creating = {name}
        url = self.call(connection, "POST", "/items", name, 201)
        self.creating = set()
        self.records[url] = {name}
        changes: list[tuple[str, str | None, int]] = [("PUT", f"{name}.changed", 200)]
        if delete:
            changes.append(("DELETE", DELETED, 204))
        for method, content, status in changes:
            self.records[url].add(content)
            self.call(connection, method, url, content, status)
            self.records[url] = {content}

    def call(self, connection: HTTPConnection, method: str, url: str, name: str | None, status: int) -> str:
        connection.request(method, url, json.dumps({"name": name}) if name else None, HEADERS)
        response = connection.getresponse()
        body = response.read()
        if response.status != status:
            raise NotAcknowledgedError(f"{response.status} {body!r}")
        self.acknowledged.release()
        return response.headers.get("Location", "")


def listed(port: int) -> Iterator[tuple[str, str]]:
    """Return the URL and name of each record there is."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    following = "/items?limit=1000"
    while following:
        connection.request("GET", following)
        response = connection.getresponse()
        page = json.loads(response.read())
        assert response.status == 200, page
        yield from ((f"/items/{item['item_id']}", item["name"]) for item in page["items"])
        following = page["next"]
    connection.close()
