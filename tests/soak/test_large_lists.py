"""Clients list a full store of the largest records: no pod is killed, no request fails, no record is lost."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from e2e import pods
from e2e.playbook import Lab
from e2e.test_no_failed_request import HA, SQLITE

CLIENTS, SECONDS = 50, 60
LONGEST_REQUEST = 30
# As long as the app takes them, and more of them than the store in memory does.
RECORD = json.dumps({"value": "x" * 65_000})
RECORDS = 1100
FIRST = "/configs?limit=1000"


@pytest.mark.parametrize("choices", [(), SQLITE, HA], ids=["memory", "sqlite", "redis"])
def test_a_minute_of_large_lists(lab: Lab, choices: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    lab.run("site.yml", *choices, "-e", "crud_api_resource=configs").require()
    keys = fill(lab)
    before = {pod: pods.restarts(lab, pod) for pod in pods.pods(lab)}
    end = time.monotonic() + SECONDS
    with ThreadPoolExecutor(CLIENTS) as clients:
        pages = [clients.submit(count_pages, lab, end) for _ in range(CLIENTS)]
    with capsys.disabled():
        print(f"\n{sum(page.result() for page in pages)} pages of {len(keys)} records")
    assert {pod: pods.restarts(lab, pod) for pod in before if pod in pods.pods(lab)}.items() <= before.items()
    with closing(connect(lab)) as connection:
        assert [record["key"] for page in walk(connection) for record in json.loads(page)["configs"]] == keys


def connect(lab: Lab) -> http.client.HTTPConnection:
    """Reach a lab's Ingress."""
    return http.client.HTTPConnection("127.0.0.1", lab.http_port, timeout=LONGEST_REQUEST)


def fill(lab: Lab) -> list[str]:
    """Make records until the store is full, or has enough; return their keys."""
    headers = {"X-Key": (lab.state_dir / "x-key").read_text().strip(), "Content-Type": "application/json"}
    keys = []
    with closing(connect(lab)) as connection:
        for key in (f"{number:04}" for number in range(RECORDS)):
            connection.request("PUT", f"/configs/{key}", RECORD, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status == http.HTTPStatus.INSUFFICIENT_STORAGE:
                break
            assert answer.status in (http.HTTPStatus.OK, http.HTTPStatus.CREATED), text[:200]
            keys.append(key)
    return keys


def walk(connection: http.client.HTTPConnection) -> Iterator[bytes]:
    """Follow the pages to the last one."""
    following = FIRST
    while following:
        connection.request("GET", following)
        answer = connection.getresponse()
        page = answer.read()
        assert answer.status == http.HTTPStatus.OK, page[:200]
        yield page
        following = json.loads(page[page.rindex(b'"next":') + len(b'"next":') : -2])


def count_pages(lab: Lab, end: float) -> int:
    """List all records again and again; return how many pages came by a certain moment."""
    count = 0
    with closing(connect(lab)) as connection:
        while True:
            for _ in walk(connection):
                count += 1
                if time.monotonic() > end:
                    return count
