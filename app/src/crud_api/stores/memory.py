"""Records in the process's memory: fast, bounded, gone with the process, each pod's own."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable
from threading import Lock

from .interface import RecordExistsError, RecordMissingError, Records, StoreFullError


class MemoryStore:
    """A dictionary, its keys in order, a lock and two limits."""

    def __init__(self, max_records: int, max_bytes: int) -> None:
        """Start empty."""
        self._max_records = max_records
        self._max_bytes = max_bytes
        self._records: dict[str, bytes] = {}
        self._keys: list[str] = []
        self._bytes = 0
        self._lock = Lock()

    def add(self, key: str, record: bytes) -> None:
        """Keep a new record, or raise RecordExistsError."""
        with self._lock:
            if key in self._records:
                raise RecordExistsError(key)
            self._put(key, record)

    def get(self, key: str) -> bytes:
        """Return a record, or raise RecordMissingError."""
        try:
            return self._records[key]
        except KeyError:
            raise RecordMissingError(key) from None

    def page(self, after: str, limit: int, max_bytes: int) -> Records:
        """Return the keys and records behind the key `after`, in order, of `max_bytes` bytes at most."""
        with self._lock:
            start = bisect_right(self._keys, after)
            keys = self._keys[start : start + limit + 1]
            return Records.gathered(((key, self._records[key]) for key in keys), limit, max_bytes)

    def change(self, key: str, change: Callable[[bytes | None], bytes | None]) -> None:
        """Replace a record by what `change` makes of it, with no other change in between; None is no record."""
        with self._lock:
            new = change(self._records.get(key))
            if new is not None:
                self._put(key, new)
            elif key in self._records:
                self._bytes -= len(self._records.pop(key))
                del self._keys[bisect_left(self._keys, key)]

    def count(self) -> int:
        """Return how many records there are."""
        return len(self._records)

    def check(self) -> None:
        """Do nothing: memory is always there."""

    def close(self) -> None:
        """Do nothing: there is nothing open."""

    def _put(self, key: str, record: bytes) -> None:
        old = self._records.get(key)
        grown = len(record) - len(old or b"")
        if old is None and len(self._records) >= self._max_records:
            raise StoreFullError(f"The store holds its {self._max_records} records; delete some.")
        if grown > 0 and self._bytes + grown > self._max_bytes:
            raise StoreFullError(f"The store holds its {self._max_bytes} bytes; delete some records.")
        if old is None:
            insort(self._keys, key)
        self._records[key] = record
        self._bytes += grown
