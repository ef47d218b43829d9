"""What the API needs of a store, and what can go wrong behind it.

A record is the JSON text that a client gets, as bytes, never empty: nothing is encoded twice, its size is known, and
nobody can change it behind the store's back. Keys sort by their code points; that order is the order of lists.
"""

from collections.abc import Callable
from typing import Protocol


class RecordMissingError(LookupError):
    """There is no record of that key."""


class RecordExistsError(Exception):
    """There is a record of that key already."""


class StoreFullError(Exception):
    """A limit is reached; the sentence says which."""


class StoreAwayError(Exception):
    """The store does not answer, or not in time: whether a change was made is unknown. The sentence is for the log."""


class Store(Protocol):
    """What a store can do; each change is whole or not at all, for all threads and processes that use the store."""

    def add(self, key: str, record: bytes) -> None:
        """Keep a new record, or raise RecordExistsError."""

    def get(self, key: str) -> bytes:
        """Return a record, or raise RecordMissingError."""

    def page(self, after: str, limit: int) -> list[tuple[str, bytes]]:
        """Return up to `limit` keys and records whose keys come after `after`, in order."""

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
