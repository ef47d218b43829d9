"""Records in the process's memory: fast, bounded, gone with the process, each pod's own."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable
from threading import Lock

from . import RecordMissingError, StoreFullError


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
        """Keep a new record."""
        with self._lock:
            if len(self._records) >= self._max_records:
                raise StoreFullError(f"The store holds its {self._max_records} records; delete some.")
            self._grow(len(record))
            insort(self._keys, key)
            self._records[key] = record

    def get(self, key: str) -> bytes:
        """Return a record."""
        try:
            return self._records[key]
        except KeyError:
            raise RecordMissingError(key) from None

    def page(self, after: str, limit: int) -> list[tuple[str, bytes]]:
        """Return up to `limit` keys and records whose keys come after `after`, in order."""
        with self._lock:
            start = bisect_right(self._keys, after)
            return [(key, self._records[key]) for key in self._keys[start : start + limit]]

    def change(self, key: str, change: Callable[[bytes], bytes]) -> bytes:
        """Replace a record by what `change` makes of it, with no other change in between."""
        with self._lock:
            old = self.get(key)
            new = change(old)
            self._grow(len(new) - len(old))
            self._records[key] = new
            return new

    def remove(self, key: str) -> None:
        """Forget a record."""
        with self._lock:
            self._grow(-len(self.get(key)))
            del self._records[key]
            del self._keys[bisect_left(self._keys, key)]

    def count(self) -> int:
        """Return how many records there are."""
        return len(self._records)

    def check(self) -> None:
        """Do nothing: memory is always there."""

    def _grow(self, by: int) -> None:
        if by > 0 and self._bytes + by > self._max_bytes:
            raise StoreFullError(f"The store holds its {self._max_bytes} bytes; delete some records.")
        self._bytes += by
