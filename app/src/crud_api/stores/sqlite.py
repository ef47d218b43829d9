"""Records in one SQLite file: what is acknowledged is on the disk (write-ahead log, an fsync for each commit)."""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock

from .interface import RecordExistsError, RecordMissingError, Records, StoreAwayError, StoreFullError

# A table with rowids: the index of its keys, which page() and count() walk, does not hold the records themselves.
TABLE = """
CREATE TABLE IF NOT EXISTS records (
    resource TEXT NOT NULL, key TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (resource, key)
) STRICT
"""
GET = "SELECT record FROM records WHERE resource = ? AND key = ?"
PAGE = "SELECT key, record FROM records WHERE resource = ? AND key > ? ORDER BY key"
PUT = "INSERT INTO records VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET record = excluded.record"
REMOVE = "DELETE FROM records WHERE resource = ? AND key = ?"
COUNT = "SELECT count(*) FROM records WHERE resource = ?"
# As SQLite names the values; 2 is FULL.
DURABLE = {"journal_mode": "wal", "synchronous": 2}


class SqliteStore:
    """The records of one resource; a file may hold several."""

    def __init__(self, file: Path, resource: str, timeout: float) -> None:
        """Make the file if need be, and prove that it can be written and read."""
        self._file = file
        self._resource = resource
        self._timeout = timeout
        # Connections that no call is using: threads come and go, and each of them would leave one behind.
        self._idle: deque[sqlite3.Connection] = deque()
        # SQLite lets one writer in and the others poll, unfairly; a lock wakes the next one at once.
        self._writing = Lock()
        with self._transaction() as connection:
            connection.execute(TABLE)
        self.check()
        # A connection must not go through a fork.
        self.close()

    def add(self, key: str, record: bytes) -> None:
        """Keep a new record, or raise RecordExistsError."""

        def create(present: bytes | None) -> bytes:
            if present is not None:
                raise RecordExistsError(key)
            return record

        self.change(key, create)

    def get(self, key: str) -> bytes:
        """Return a record, or raise RecordMissingError."""
        with self._connection() as connection:
            record = self._find(connection, key)
        if record is None:
            raise RecordMissingError(key)
        return record

    def page(self, after: str, limit: int, max_bytes: int) -> Records:
        """Return the keys and records behind the key `after`, in order, of `max_bytes` bytes at most."""
        # A cursor that is left open would go on reading, which keeps the log from being emptied.
        with self._connection() as connection, closing(connection.execute(PAGE, (self._resource, after))) as rows:
            return Records.gathered(rows, limit, max_bytes)

    def change(self, key: str, change: Callable[[bytes | None], bytes | None]) -> None:
        """Replace a record by what `change` makes of it, with no other change in between; None is no record."""
        with self._transaction() as connection:
            new = change(self._find(connection, key))
            if new is None:
                connection.execute(REMOVE, (self._resource, key))
            else:
                connection.execute(PUT, (self._resource, key, new))

    def count(self) -> int:
        """Return how many records there are."""
        with self._connection() as connection:
            found: int = connection.execute(COUNT, (self._resource,)).fetchone()[0]
        return found

    def check(self) -> None:
        """Raise StoreAwayError unless records can be read."""
        self.page("", 1, 1)

    def close(self) -> None:
        """Close the connections that no call is using."""
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _find(self, connection: sqlite3.Connection, key: str) -> bytes | None:
        row = connection.execute(GET, (self._resource, key)).fetchone()
        return row[0] if row else None

    def _take(self) -> sqlite3.Connection:
        with suppress(IndexError):
            return self._idle.pop()
        return _connect(self._file, self._timeout)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection with the right to write: all that is done with it is committed, or nothing."""
        if not self._writing.acquire(timeout=self._timeout):
            raise StoreAwayError(f"another change of {self._file} takes longer than {self._timeout} s")
        try:
            with self._connection() as connection, connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
        finally:
            self._writing.release()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection, and say in the store's words what goes wrong with it."""
        try:
            connection = self._take()
            try:
                yield connection
            finally:
                self._idle.append(connection)
        except sqlite3.Error as error:
            # Whatever is wrong with the file or the connections to it: the next call starts anew.
            self.close()
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                raise StoreFullError("The disk of the store is full; delete some records.") from error
            raise StoreAwayError(str(error)) from error


def _connect(file: Path, timeout: float) -> sqlite3.Connection:
    """Open the file, and look whether it took the settings that durability rests on."""
    connection = sqlite3.connect(file, timeout=timeout, isolation_level=None, check_same_thread=False)
    try:
        for pragma, wanted in DURABLE.items():
            connection.execute(f"PRAGMA {pragma} = {wanted}")
            (found,) = connection.execute(f"PRAGMA {pragma}").fetchone()
            if found != wanted:
                raise sqlite3.OperationalError(f"{pragma} stays {found} instead of {wanted}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
