"""What only the store in a Redis server can do, and get wrong."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from crud_api.paging import MOST_BYTES
from crud_api.settings import Settings, StartError
from crud_api.stores import StoreAwayError, StoreFullError, open_store
from crud_api.stores.redis import PasswordFile, RedisStore
from redis_server import DURABLE, PATIENCE, RedisServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    """A server that a test may break."""
    with RedisServer(tmp_path) as server:
        yield server


@pytest.fixture
def connect(server: RedisServer) -> Iterator[Callable[..., RedisStore]]:
    stores: list[RedisStore] = []

    def connect(password: PasswordFile | None = None, timeout: float = 60) -> RedisStore:
        stores.append(RedisStore(server.url, password, "items", timeout))
        return stores[-1]

    yield connect
    for store in stores:
        store.close()


@pytest.fixture
def store(connect: Callable[..., RedisStore]) -> RedisStore:
    return connect()


@pytest.mark.parametrize(
    "url",
    [
        "localhost:6379",
        "http://redis:6379/0",
        "redis://",
        "redis://:secret@redis:6379/0",
        "redis://redis:6379/0?password=secret",
        "redis://redis:6379/first",
        "redis://redis:66666/0",
        "unix://relative",
    ],
)
def test_a_wrong_url_ends_the_start_and_is_not_repeated(url: str) -> None:
    with pytest.raises(StartError, match="CRUD_REDIS_URL must be redis://<host>:<port>/<number>") as raised:
        open_store(Settings(store="redis", redis_url=url), "items")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["redis://redis", "rediss://10.0.0.7:6380/1", "redis://[::1]:6379", "unix:///run/redis"]
)
def test_a_right_url_is_not_connected_to_at_the_start(url: str) -> None:
    open_store(Settings(store="redis", redis_url=url), "items").close()


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "rediss://localhost:1"])
def test_where_nobody_listens_the_store_is_away(url: str) -> None:
    store = open_store(Settings(store="redis", redis_url=url), "items")
    with pytest.raises(StoreAwayError, match="Connection refused"):
        store.check()
    store.close()


def test_the_store_needs_a_url() -> None:
    with pytest.raises(StartError, match="set CRUD_REDIS_URL to the server, such as redis://redis:6379/0"):
        open_store(Settings(store="redis"), "items")


def test_a_password_file_that_cannot_be_read_ends_the_start(tmp_path: Path) -> None:
    settings = Settings(store="redis", redis_url="redis://redis", redis_password_file=tmp_path / "none")
    with pytest.raises(StartError, match=r"CRUD_REDIS_PASSWORD_FILE=.*/none: No such file or directory; mount"):
        open_store(settings, "items")


def test_each_change_is_synced(server: RedisServer) -> None:
    """A killed process proves nothing about a lost machine; these settings do."""
    assert {name: server.client.config_get(name)[name] for name in DURABLE} == DURABLE
    assert server.client.info("persistence")["aof_enabled"] == 1


def test_the_password_is_read_for_each_connection(
    server: RedisServer, connect: Callable[..., RedisStore], tmp_path: Path
) -> None:
    file = tmp_path / "password"
    server.client.config_set("requirepass", "right")
    file.write_text("wrong\n", encoding="utf-8")
    store = connect(PasswordFile(file))
    with pytest.raises(StoreAwayError, match="invalid username-password pair"):
        store.check()
    file.write_text("right\n", encoding="utf-8")
    store.check()
    with pytest.raises(StoreAwayError, match="Authentication required"):
        connect().check()


def test_a_server_that_is_gone_is_away_until_it_is_back(server: RedisServer, store: RedisStore) -> None:
    store.add("a", b"1")
    server.kill()
    calls: list[Callable[[], object]] = [store.check, store.count, lambda: store.get("a"), lambda: store.page("", 1, 1)]
    calls += [lambda: store.add("b", b"1"), lambda: store.change("a", lambda _: b"2")]
    for call in calls:
        with pytest.raises(StoreAwayError, match=r"redis\.sock"):
            call()
    server.start()
    assert (store.get("a"), store.count()) == (b"1", 1)


def test_a_restart_between_two_calls_goes_unnoticed(server: RedisServer, store: RedisStore) -> None:
    """The kept connection is closed and the scripts are unknown."""
    store.add("a", b"1")
    server.kill()
    server.start()
    store.change("a", lambda _: b"2")
    assert store.page("", 10, MOST_BYTES).found == [("a", b"2")]


def test_a_change_without_an_answer_is_neither_acknowledged_nor_repeated(
    server: RedisServer, connect: Callable[..., RedisStore]
) -> None:
    patient, impatient = connect(), connect(timeout=1)
    for store in (patient, impatient):
        store.change("a", lambda old: old)
    server.client.config_resetstat()
    server.signal(signal.SIGSTOP)
    with pytest.raises(StoreAwayError, match="Timeout"):
        impatient.add("a", b"1")
    server.signal(signal.SIGCONT)
    # The server got the call all the same, and works it off only now.
    deadline = time.monotonic() + PATIENCE
    while patient.count() == 0:
        assert time.monotonic() < deadline
    assert patient.get("a") == b"1"
    assert server.client.info("commandstats")["cmdstat_evalsha"]["calls"] == 1


def test_a_replica_that_cannot_be_written_is_away_until_it_is_the_primary(
    server: RedisServer, store: RedisStore
) -> None:
    store.add("a", b"1")
    server.client.replicaof("127.0.0.1", "1")
    with pytest.raises(StoreAwayError, match="read only replica"):
        store.add("b", b"1")
    assert store.get("a") == b"1"
    server.client.replicaof("no", "one")
    store.add("b", b"1")


def test_a_full_server_is_full_and_deleting_makes_room(server: RedisServer, store: RedisStore) -> None:
    store.add("a", b"1")
    server.client.config_set("maxmemory", "1")
    with pytest.raises(StoreFullError, match="The memory of the Redis server is full"):
        store.add("b", b"1")
    assert store.page("", 10, MOST_BYTES).found == [("a", b"1")]
    store.change("a", lambda _: None)
    assert store.count() == 0
    server.client.config_set("maxmemory", "0")
    store.add("b", b"1")


def test_a_lost_race_is_run_again_on_the_new_record(store: RedisStore) -> None:
    seen: list[bytes | None] = []

    def change(record: bytes | None) -> bytes:
        if not seen:
            store.add("a", b"other")
        seen.append(record)
        return b"mine"

    store.change("a", change)
    assert (seen, store.get("a")) == ([None, b"other"], b"mine")


def test_who_loses_every_race_gives_up(connect: Callable[..., RedisStore]) -> None:
    winner, loser = connect(), connect(timeout=1)

    def change(record: bytes | None) -> bytes:
        winner.change("a", lambda _: (record or b"") + b"x")
        return b"mine"

    with pytest.raises(StoreAwayError, match="others kept changing the record a for 1 s"):
        loser.change("a", change)
    assert set(winner.get("a")) == set(b"x")
