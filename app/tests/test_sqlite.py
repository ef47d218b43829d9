"""What only the store in a file can do, and get wrong."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from crud_api.paging import MOST_BYTES
from crud_api.settings import Settings, StartError
from crud_api.stores import StoreAwayError, StoreFullError, open_store
from crud_api.stores.sqlite import SqliteStore
from gunicorn_process import PATIENCE, running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite"


@pytest.fixture
def store(file: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(file, "items", timeout=0.1)
    yield store
    store.close()


def make_nothing(_file: Path) -> None:
    pass


def make_text(file: Path) -> None:
    file.write_text("This is no database. " * 100, encoding="utf-8")


def make_foreign(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE records (other)")
    connection.close()


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("records.sqlite", make_text, "file is not a database"),
        ("records.sqlite", make_foreign, "no such column: key"),
        ("records.sqlite", Path.mkdir, "unable to open database file"),
        ("missing/records.sqlite", make_nothing, "unable to open database file"),
        (":memory:", make_nothing, "journal_mode stays memory instead of wal"),
    ],
)
def test_a_file_that_cannot_be_the_store_ends_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, make: Callable[[Path], object], reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    make(Path(name))
    with pytest.raises(StartError, match=re.escape(f"crud-api: CRUD_SQLITE_FILE={name}: {reason}; name a file, ")):
        open_store(Settings(store="sqlite", sqlite_file=Path(name)), "items")


def test_the_store_needs_a_file() -> None:
    with pytest.raises(StartError, match="set CRUD_SQLITE_FILE to a file on a volume"):
        open_store(Settings(store="sqlite"), "items")


def test_each_commit_is_synced(store: SqliteStore) -> None:
    """A killed process proves nothing about a lost machine; these settings do."""
    for _ in range(2):
        with store._connection() as first, store._connection() as second:
            for connection in (first, second):
                pragmas = [
                    connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
                ]
                assert pragmas == ["wal", 2]
        store.close()


def test_no_connection_is_open_when_gunicorn_forks(store: SqliteStore, file: Path) -> None:
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    store.check()
    assert len(list(file.parent.iterdir())) == 3


def test_a_file_that_another_program_locks_is_away_until_it_is_free(store: SqliteStore, file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreAwayError, match="database is locked"):
        store.add("a", b"1")
    assert store.count() == 0
    other.close()
    store.add("a", b"1")


def test_a_change_waits_for_another_one_only_so_long(store: SqliteStore) -> None:
    errors: list[str] = []

    def write() -> None:
        with pytest.raises(StoreAwayError) as raised:
            store.add("b", b"1")
        errors.append(str(raised.value))

    def slow(_record: bytes | None) -> bytes:
        thread = Thread(target=write)
        thread.start()
        thread.join()
        return b"1"

    store.change("a", slow)
    assert "takes longer than 0.1 s" in errors[0]
    assert store.page("", 10, MOST_BYTES).found == [("a", b"1")]


def test_a_broken_file_is_away_until_it_is_whole(store: SqliteStore, file: Path) -> None:
    store.add("a", b"1")
    store.close()
    whole = file.read_bytes()
    make_text(file)
    for call in (store.check, store.count, lambda: store.get("a"), lambda: store.add("b", b"1")):
        with pytest.raises(StoreAwayError, match="file is not a database"):
            call()
    file.write_bytes(whole)
    assert store.get("a") == b"1"


def test_a_page_that_ends_early_does_not_keep_the_log_from_being_emptied(store: SqliteStore, file: Path) -> None:
    for key in "abc":
        store.add(key, b"x" * 1000)
    assert store.page("", 10, 1).more
    with closing(sqlite3.connect(file, timeout=0)) as other:
        store.add("d", b"x")
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)


def test_a_full_disk_is_full_and_deleting_makes_room(store: SqliteStore) -> None:
    store.add("a", b"x" * 100_000)
    with store._connection() as connection:
        connection.execute("PRAGMA max_page_count = 1")  # as many as there are
    with pytest.raises(StoreFullError, match="The disk of the store is full"):
        store.add("b", b"x" * 100_000)
    assert store.count() == 1
    store.change("a", lambda _: None)
    store.add("b", b"x" * 100_000)


def test_a_clean_stop_leaves_one_file_with_everything(file: Path, tmp_path: Path, key_file: Path) -> None:
    variables = {"CRUD_STORE": "sqlite", "CRUD_SQLITE_FILE": str(file), "CRUD_KEY_FILE": str(key_file)}
    with running(tmp_path / "log", **variables, CRUD_DRAIN_SECONDS="0") as server:
        assert file.with_name(f"{file.name}-wal").exists()
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
    assert list(tmp_path.glob(f"{file.name}*")) == [file]
