"""Clients that use the API without a pause, as fast as it answers, and count what they get."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from e2e.playbook import Lab

OF_EACH_KIND = 16
# Far longer than anything here takes: a request that needs it has failed.
LONGEST_REQUEST = 30
LONGEST_WAIT = 900


@dataclass(frozen=True)
class Failure:
    """A request that did not get the answer it should."""

    began: float
    ended: float
    what: str


class Client(threading.Thread):
    """Creates a record, reads it, and again."""

    def __init__(self, lab: Lab, stop: threading.Event, *, keeps_connection: bool) -> None:
        """Prepare to use a lab until a certain event."""
        super().__init__()
        self.answers: Counter[str] = Counter()
        self.failures: list[Failure] = []
        # The ids of the records whose creation was acknowledged.
        self.acknowledged: set[str] = set()
        self._stop_event = stop
        self._connection = http.client.HTTPConnection("127.0.0.1", lab.http_port, timeout=LONGEST_REQUEST)
        self._headers = {"X-Key": (lab.state_dir / "x-key").read_text().strip(), "Content-Type": "application/json"}
        if not keeps_connection:
            self._headers["Connection"] = "close"

    def run(self) -> None:
        """Use the API."""
        while not self._stop_event.is_set():
            created = self._ask("POST", "/items", 201, {"name": self.name})
            if created:
                self.acknowledged.add(created["item_id"])
                self._ask("GET", f"/items/{created['item_id']}", 200)
        self._connection.close()

    def _ask(self, method: str, path: str, expected: int, body: object = None) -> Any:
        """Send one request and count what comes of it; return the record where it is the expected answer."""
        began, data = time.monotonic(), json.dumps(body) if body else None
        try:
            self._connection.request(method, path, data, self._headers)
            answer = self._connection.getresponse()
            text, got = answer.read(), str(answer.status)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            text, got = str(error).encode(), type(error).__name__
        self.answers[f"{method} {got}"] += 1
        if got == str(expected):
            return json.loads(text)
        ended, at = time.monotonic(), time.strftime("%X")
        what = f"{method} {got} at {at} after {ended - began:.2f} s: {text[:200].decode(errors='replace')}"
        self.failures.append(Failure(began, ended, what))
        self._stop_event.wait(0.05)  # who is refused at once would otherwise do nothing else
        return None


class Clients:
    """As many clients that keep their connections as ones that close them."""

    def __init__(self, lab: Lab, of_each_kind: int = OF_EACH_KIND) -> None:
        """Prepare them."""
        self._stop = threading.Event()
        self.each = [Client(lab, self._stop, keeps_connection=keeps) for keeps in [True, False] * of_each_kind]

    def __enter__(self) -> Self:
        """Let them begin."""
        for client in self.each:
            client.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let each end its request."""
        self._stop.set()
        for client in self.each:
            client.join()

    def __str__(self) -> str:
        """Say what they got."""
        answers = ", ".join(f"{count} {answer}" for answer, count in sorted(self.answers.items()))
        return f"{self.answers.total()} requests ({answers}), {len(self.failures)} failed"

    @property
    def answers(self) -> Counter[str]:
        """How often there was which answer."""
        return sum((client.answers for client in self.each), Counter())

    @property
    def failures(self) -> list[Failure]:
        """Every request that did not get the answer it should."""
        return [failure for client in self.each for failure in client.failures]

    @property
    def acknowledged(self) -> set[str]:
        """The ids of the records whose creation was acknowledged."""
        return {record for client in self.each for record in client.acknowledged}

    def wait_for(self, more: int) -> None:
        """Wait until there were so many more answers."""
        wanted, deadline = self.answers.total() + more, time.monotonic() + LONGEST_WAIT
        while self.answers.total() < wanted:
            assert time.monotonic() < deadline, f"{self} after {LONGEST_WAIT} s"
            time.sleep(0.1)


def records(lab: Lab) -> set[str]:
    """Return the ids of all records, read page by page."""
    found: set[str] = set()
    path = "/items?limit=1000"
    connection = http.client.HTTPConnection("127.0.0.1", lab.http_port, timeout=LONGEST_REQUEST)
    while path:
        connection.request("GET", path)
        page = json.loads(connection.getresponse().read())
        found |= {item["item_id"] for item in page["items"]}
        path = page["next"]
    connection.close()
    return found
