from threading import Barrier, Thread

import pytest
from crud_api.stores import RecordExistsError, RecordMissingError, StoreFullError
from crud_api.stores.memory import MemoryStore


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(max_records=100, max_bytes=1000)


def test_pages_are_in_the_order_of_keys(store: MemoryStore) -> None:
    for key in ("c", "a", "b"):
        store.add(key, key.encode())
    assert store.page("", 2) == [("a", b"a"), ("b", b"b")]
    assert store.page("b", 2) == [("c", b"c")]
    assert store.page("z", 2) == []


def test_a_key_is_taken_once(store: MemoryStore) -> None:
    store.add("a", b"1")
    with pytest.raises(RecordExistsError):
        store.add("a", b"2")
    assert store.get("a") == b"1"


def test_what_is_missing_can_be_made_or_left_missing(store: MemoryStore) -> None:
    with pytest.raises(RecordMissingError):
        store.get("a")
    store.change("a", lambda old: old)
    assert store.count() == 0
    store.change("a", lambda old: b"new" if old is None else None)
    assert store.get("a") == b"new"


def test_bytes_are_bounded_and_deleting_or_shrinking_makes_room(store: MemoryStore) -> None:
    store.add("a", b"x" * 600)
    with pytest.raises(StoreFullError, match="1000 bytes"):
        store.add("b", b"x" * 401)
    with pytest.raises(StoreFullError):
        store.change("a", lambda old: (old or b"") * 2)
    assert (store.count(), len(store.get("a"))) == (1, 600)
    store.change("a", lambda _: b"x" * 100)
    store.add("b", b"x" * 900)
    store.change("b", lambda _: None)
    store.add("c", b"x" * 900)
    store.close()


def test_a_change_that_fails_changes_nothing(store: MemoryStore) -> None:
    def fail(_record: bytes | None) -> bytes:
        raise ArithmeticError

    store.add("a", b"old")
    with pytest.raises(ArithmeticError):
        store.change("a", fail)
    assert store.get("a") == b"old"


def test_no_change_is_lost_between_threads(store: MemoryStore) -> None:
    store.add("a", b"0")
    barrier = Barrier(8)

    def count() -> None:
        barrier.wait()
        for _ in range(500):
            store.change("a", lambda old: b"%d" % (int(old or b"") + 1))

    threads = [Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get("a") == b"4000"
