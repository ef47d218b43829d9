"""A user of Locust that calls the lab's API and counts what comes of it; Locust alone imports this."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from locust import FastHttpUser

from crud_lab.load.plan import VARIABLE, Plan
from crud_lab.load.tally import Tally

PLAN = Plan.of_json(os.environ[VARIABLE])
KEY = Path(PLAN.key_file).read_text(encoding="ascii").strip()
TALLY = Tally()
TIMEOUT = 10
COLLECTION, ITEM = f"/{PLAN.resource}", f"/{PLAN.resource}/<id>"


class Caller(FastHttpUser):  # type: ignore[misc] # Locust is not installed where this is checked
    """Knows where the API is, and has one connection to it."""

    abstract = True
    host = PLAN.url
    network_timeout = connection_timeout = TIMEOUT
    concurrency = 1

    def call(
        self,
        method: str,
        expected: int,
        item: str = "",
        *,
        query: str = "",
        body: Any = None,
        key: str = KEY,
        or_else: tuple[int, ...] = (),
    ) -> tuple[int, bytes]:
        """Send one request to the resource and count it; status 0 is no answer."""
        route = ITEM if item else COLLECTION
        path = f"{COLLECTION}/{item}" if item else f"{COLLECTION}{query}"
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        headers = ({"X-Key": key} if key else {}) | ({"Content-Type": "application/json"} if text else {})
        permitted = (expected, *or_else, *((500,) if PLAN.errors and PLAN.faults else ()))
        with self.client.request(method, path, name=route, data=text, headers=headers, catch_response=True) as answer:
            status = int(answer.status_code or 0)
            failure = "" if status in permitted else str(status or f"no answer ({type(answer.error).__name__})")
            TALLY.count(method, route, status, failure)
            if failure:
                answer.failure(failure)
            else:
                answer.success()
        return status, answer.content or b""
