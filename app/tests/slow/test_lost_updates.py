"""64 writers raise one number with If-Match, over HTTP: each of their updates is in it."""

import json
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import pytest
from conftest import KEY
from gunicorn_process import running

WRITERS = 64
HEADERS = {"X-Key": KEY, "Content-Type": "application/json"}
PATIENCE = 60


class Counter:
    """A record that holds a number, as one client sees it."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def close(self) -> None:
        self.connection.close()

    def call(self, method: str, value: int | None = None, **conditions: str) -> tuple[int, str, int]:
        """Return status, tag and number of an answer."""
        body = None if value is None else json.dumps({"value": value})
        headers = HEADERS | {name.replace("_", "-"): tag for name, tag in conditions.items()}
        self.connection.request(method, "/configs/counter", body, headers)
        response = self.connection.getresponse()
        return response.status, response.headers.get("ETag", ""), json.load(response).get("value", 0)

    def raise_by_one(self) -> None:
        """Try until nobody else was faster."""
        status = 412
        while status == 412:
            _, tag, value = self.call("GET")
            status, _, _ = self.call("PUT", value + 1, If_Match=tag)
        assert status == 200


@pytest.mark.parametrize("store", ["memory", "sqlite", "redis"])
def test_no_update_is_lost(
    tmp_path: Path, key_file: Path, store: str, scale: int, request: pytest.FixtureRequest
) -> None:
    variables = {"CRUD_RESOURCE": "configs", "CRUD_KEY_FILE": str(key_file), "CRUD_STORE": store}
    # Patient, as a loaded machine's disk is slow: 503 would be the truth, but is not what is looked for here.
    variables["CRUD_STORE_TIMEOUT_SECONDS"] = str(PATIENCE)
    if store == "sqlite":
        variables["CRUD_SQLITE_FILE"] = str(tmp_path / "records.sqlite")
    if store == "redis":
        variables["CRUD_REDIS_URL"] = request.getfixturevalue("redis_server").url
    with running(tmp_path / "log", **variables) as server:
        with closing(Counter(server.port)) as counter:
            assert counter.call("PUT", 0, If_None_Match="*")[0] == 201
        done: list[int] = []

        def write() -> None:
            with closing(Counter(server.port)) as mine:
                for _ in range(scale):
                    mine.raise_by_one()
                    done.append(1)

        writers = [Thread(target=write) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        # Another one: the server closes a connection that was idle for all that time.
        with closing(Counter(server.port)) as counter:
            assert (len(done), counter.call("GET")[2]) == (WRITERS * scale, WRITERS * scale)
