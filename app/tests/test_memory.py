"""What only the store in memory has: limits."""

import pytest
from crud_api.paging import MOST_BYTES
from crud_api.stores import StoreFullError
from crud_api.stores.memory import MemoryStore


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(max_records=3, max_bytes=1000)


def test_records_are_bounded_and_deleting_makes_room(store: MemoryStore) -> None:
    for key in ("a", "b", "c"):
        store.add(key, b"1")
    with pytest.raises(StoreFullError, match="The store holds its 3 records; delete some"):
        store.add("d", b"1")
    with pytest.raises(StoreFullError):
        store.change("d", lambda _: b"1")
    store.change("a", lambda _: b"2")
    store.change("b", lambda _: None)
    store.add("d", b"1")
    assert [key for key, _ in store.page("", 10, MOST_BYTES).found] == ["a", "c", "d"]


def test_bytes_are_bounded_and_deleting_or_shrinking_makes_room(store: MemoryStore) -> None:
    store.add("a", b"x" * 600)
    with pytest.raises(StoreFullError, match="The store holds its 1000 bytes; delete some records"):
        store.add("b", b"x" * 401)
    with pytest.raises(StoreFullError):
        store.change("a", lambda old: (old or b"") * 2)
    assert (store.count(), len(store.get("a"))) == (1, 600)
    store.change("a", lambda _: b"x" * 100)
    store.add("b", b"x" * 900)
    store.change("b", lambda _: None)
    store.add("c", b"x" * 900)
