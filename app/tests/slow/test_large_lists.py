"""50 clients list a full store of the largest records, and the processes stay below what the lab gives a pod."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from conftest import KEY
from gunicorn_process import Server, running

CLIENTS = 50
PAGES = 10
POD_BYTES = 192 * 1024**2
# The bodies that make them are the longest that are taken.
RECORD = {"value": "x" * 65_000}
# More than the store in memory takes.
RECORDS = 1100
PATIENCE = 120


class Reader:
    """A client that keeps its connection."""

    def __init__(self, server: Server) -> None:
        self.connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        self.following = self.first = "/configs?limit=1000"

    def page(self) -> bytes:
        """Get the next page, after the last one the first again."""
        self.connection.request("GET", self.following)
        response = self.connection.getresponse()
        body = response.read()
        assert response.status == 200, body[:300]
        self.following = json.loads(body[body.rindex(b'"next":') + 7 : -2]) or self.first
        return body

    def walk(self) -> list[str]:
        """Return the keys of all records, by pages."""
        keys = [record["key"] for record in json.loads(self.page())["configs"]]
        while self.following != self.first:
            keys += [record["key"] for record in json.loads(self.page())["configs"]]
        return keys


def fill(server: Server, store: str) -> list[str]:
    """Make records until the store is full, or has enough; return their keys."""
    headers = {"X-Key": KEY, "Content-Type": "application/json"}
    keys: list[str] = []
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as connection:
        for number in range(RECORDS):
            connection.request("PUT", f"/configs/{number:04}", json.dumps(RECORD), headers)
            response = connection.getresponse()
            response.read()
            if response.status != 201:
                break
            keys.append(f"{number:04}")
    assert response.status == (507 if store == "memory" else 201)
    return keys


def peak_bytes(server: Server) -> int:
    """Return the most memory that the worker ever had, and what the master has beside it."""
    master = server.process.pid
    (worker,) = Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii").split()
    return _kibibytes(f"{worker}/status", "VmHWM") * 1024 + _kibibytes(f"{master}/smaps_rollup", "Pss") * 1024


def _kibibytes(file: str, name: str) -> int:
    lines = Path("/proc", file).read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


@pytest.mark.parametrize("store", ["memory", "sqlite", "redis"])
def test_many_lists_of_large_records_fit_into_a_pod(
    tmp_path: Path, key_file: Path, store: str, scale: int, request: pytest.FixtureRequest
) -> None:
    variables = {"CRUD_RESOURCE": "configs", "CRUD_KEY_FILE": str(key_file), "CRUD_STORE": store}
    if store == "sqlite":
        variables["CRUD_SQLITE_FILE"] = str(tmp_path / "records.sqlite")
    if store == "redis":
        variables["CRUD_REDIS_URL"] = request.getfixturevalue("redis_server").url

    def read(server: Server) -> None:
        reader = Reader(server)
        with closing(reader.connection):
            for _ in range(PAGES * scale):
                reader.page()

    with running(tmp_path / "log", **variables, CRUD_STORE_TIMEOUT_SECONDS="60") as server:
        keys = fill(server, store)
        with ThreadPoolExecutor(CLIENTS) as clients:
            for done in [clients.submit(read, server) for _ in range(CLIENTS)]:
                done.result()
        peak = peak_bytes(server)
        with closing((reader := Reader(server)).connection):
            assert reader.walk() == keys
    assert peak < POD_BYTES, f"{peak / 1024**2:.0f} MiB"
