"""What each store must do, on each store."""

from collections.abc import Callable, Iterator
from threading import Barrier, Thread

import pytest
from crud_api.paging import MOST_BYTES
from crud_api.settings import Settings
from crud_api.stores import RecordExistsError, RecordMissingError, Store, open_store


@pytest.fixture
def store(store_settings: dict[str, object]) -> Iterator[Store]:
    store = open_store(Settings.model_validate(store_settings), "items")
    yield store
    store.close()


def test_a_key_is_taken_once(store: Store) -> None:
    store.add("a", b"1")
    with pytest.raises(RecordExistsError):
        store.add("a", b"2")
    assert (store.get("a"), store.count()) == (b"1", 1)


def test_what_is_missing_can_be_made_or_left_missing(store: Store) -> None:
    with pytest.raises(RecordMissingError):
        store.get("a")
    store.change("a", lambda old: old)
    assert (store.count(), store.page("", 10, MOST_BYTES).found) == (0, [])
    store.change("a", lambda old: b"new" if old is None else None)
    assert (store.get("a"), store.page("", 10, MOST_BYTES).found) == (b"new", [("a", b"new")])


def test_what_is_there_can_be_replaced_or_removed(store: Store) -> None:
    store.add("a", b"1")
    store.change("a", lambda old: (old or b"") + b"2")
    assert (store.get("a"), store.count()) == (b"12", 1)
    store.change("a", lambda _: None)
    assert (store.count(), store.page("", 10, MOST_BYTES).found) == (0, [])
    store.add("a", b"3")
    assert store.get("a") == b"3"


def test_a_change_that_fails_changes_nothing(store: Store) -> None:
    def fail(_record: bytes | None) -> bytes:
        raise ArithmeticError

    store.add("a", b"old")
    for key in ("a", "b"):
        with pytest.raises(ArithmeticError):
            store.change(key, fail)
    assert store.page("", 10, MOST_BYTES).found == [("a", b"old")]
    store.change("a", lambda _: b"new")
    assert store.get("a") == b"new"


def test_pages_are_in_the_order_of_code_points(store: Store) -> None:
    # UTF-16 and any language would put the last two, and capitals, elsewhere.
    keys = ["-", "1", "10", "2", "A", "B", "a", "a.", "a~", "b", "é", "\uffff", "\U0001f4a1"]
    for key in reversed(keys):
        store.add(key, key.encode())
    pages, after = [], ""
    while page := store.page(after, 5, MOST_BYTES).found:
        pages.append([key for key, _ in page])
        assert [record.decode() for _, record in page] == pages[-1]
        after = pages[-1][-1]
    assert pages == [keys[:5], keys[5:10], keys[10:]]
    assert store.page("a!", 1, MOST_BYTES).found == [("a.", b"a.")]


def test_a_page_holds_as_many_records_as_were_asked_for(store: Store) -> None:
    keys = [f"{number:03}" for number in range(120)]
    for key in keys:
        store.add(key, b"x")
    assert [key for key, _ in store.page("009", 101, MOST_BYTES).found] == keys[10:111]
    assert [key for key, _ in store.page("", 1001, MOST_BYTES).found] == keys


def test_a_page_ends_where_its_bytes_are_used_up(store: Store) -> None:
    for key, size in {"a": 3, "b": 4, "c": 9, "d": 1, "e": 8}.items():
        store.add(key, b"x" * size)
    pages = {after: store.page(after, 10, 7) for after in "_abcde"}
    assert {after: ("".join(key for key, _ in page.found), page.more) for after, page in pages.items()} == {
        "_": ("ab", True),
        "a": ("b", True),
        "b": ("c", True),  # alone it is more than may be: without it nobody would come past it
        "c": ("d", True),
        "d": ("e", False),
        "e": ("", False),
    }


def test_a_page_knows_whether_it_is_the_last(store: Store) -> None:
    for key in "abc":
        store.add(key, b"x")
    assert [store.page("", limit, 10).more for limit in (1, 2, 3, 4)] == [True, True, False, False]


def test_bytes_come_back_as_they_were(store: Store) -> None:
    record = bytes(range(256)) * 250
    store.add("a", record)
    store.change("a", lambda old: old)
    assert store.get("a") == store.page("", 1, MOST_BYTES).found[0][1] == record


def test_a_store_can_be_used_again_after_it_was_closed(store: Store) -> None:
    store.add("a", b"1")
    store.close()
    store.check()
    assert store.get("a") == b"1"


def test_resources_do_not_meet(store: Store, store_settings: dict[str, object]) -> None:
    other = open_store(Settings.model_validate(store_settings), "notes")
    store.add("a", b"item")
    other.add("a", b"note")
    other.change("a", lambda _: None)
    assert (store.page("", 10, MOST_BYTES).found, other.page("", 10, MOST_BYTES).found, other.count()) == (
        [("a", b"item")],
        [],
        0,
    )
    other.close()


def together(writers: int, work: Callable[[int], None]) -> None:
    """Run the work in threads that start at once."""
    barrier = Barrier(writers)

    def run(number: int) -> None:
        barrier.wait()
        work(number)

    threads = [Thread(target=run, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture
def stores(store: Store, store_settings: dict[str, object]) -> Iterator[list[Store]]:
    """A store as the processes that share it have it: all the same in memory, else with connections of their own."""
    shared = store_settings["store"] != "memory"
    others = [open_store(Settings.model_validate(store_settings), "items") for _ in range(3 if shared else 0)]
    yield [store, *others]
    for other in others:
        other.close()


def test_64_writers_of_one_record_lose_no_change(stores: list[Store]) -> None:
    stores[0].add("a", b"0")

    def count(number: int) -> None:
        stores[number % len(stores)].change("a", lambda old: b"%d" % (int(old or b"") + 1))

    together(64, count)
    assert [store.get("a") for store in stores] == [b"64"] * len(stores)


def test_one_of_64_writers_gets_a_key(stores: list[Store]) -> None:
    refused: list[int] = []

    def add(number: int) -> None:
        try:
            stores[number % len(stores)].add("a", b"%d" % number)
        except RecordExistsError:
            refused.append(number)

    together(64, add)
    assert sorted([*refused, int(stores[0].get("a"))]) == list(range(64))
