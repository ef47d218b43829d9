"""What the API needs of a store, and what can go wrong behind it.

A record is the JSON text that a client gets, as bytes, never empty: nothing is encoded twice, its size is known, and
nobody can change it behind the store's back. Keys sort by their code points; that order is the order of lists.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, Self


class RecordMissingError(LookupError):
    """There is no record of that key."""


class RecordExistsError(Exception):
    """There is a record of that key already."""


class StoreFullError(Exception):
    """A limit is reached; the sentence says which."""


class StoreAwayError(Exception):
    """The store does not answer, or not in time: whether a change was made is unknown. The sentence is for the log."""


@dataclass(frozen=True)
class Records:
    """The keys and records of a page, in order, and whether others come behind them."""

    found: list[tuple[str, bytes]]
    more: bool

    @classmethod
    def gathered(cls, rows: Iterable[tuple[str, bytes]], limit: int, max_bytes: int) -> Self:
        """Take rows until `limit` records or `max_bytes` bytes of them are reached; what comes later is not read."""
        found: list[tuple[str, bytes]] = []
        for key, record in rows:
            max_bytes -= len(record)
            if found and (len(found) == limit or max_bytes < 0):
                return cls(found, more=True)
            found.append((key, record))
        return cls(found, more=False)


class Store(Protocol):
    """What a store can do; each change is whole or not at all, for all threads and processes that use the store."""

    def add(self, key: str, record: bytes) -> None:
        """Keep a new record, or raise RecordExistsError."""

    def get(self, key: str) -> bytes:
        """Return a record, or raise RecordMissingError."""

    def page(self, after: str, limit: int, max_bytes: int) -> Records:
        """Return the keys and records behind the key `after`, in order: at most `limit`, which is 1 or more.

        Together they have at most `max_bytes` bytes, unless the first one alone has more: a page is empty only if no
        record follows. What does not belong to the page is not held in memory either.
        """

    def change(self, key: str, change: Callable[[bytes | None], bytes | None]) -> None:
        """Replace a record by what `change` makes of it, with no other change in between; None is no record.

        An exception from `change` passes through and changes nothing. It may be called again after a lost race, and
        must not use the store.
        """

    def count(self) -> int:
        """Return how many records there are."""

    def check(self) -> None:
        """Raise StoreAwayError unless the store can serve."""

    def close(self) -> None:
        """Let go of files and connections."""
