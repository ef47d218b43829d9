"""Walks through a store's pages while records of all sizes come, change and go."""

from collections.abc import Iterator

import pytest
from crud_api.paging import MOST_BYTES
from crud_api.settings import Settings
from crud_api.stores import Store, open_store
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

KEYS = st.sampled_from([f"{letter}{number}" for letter in "aBc" for number in range(5)])
# Beside a page's bytes: next to nothing, some of them, just as many, and more.
PAGE_BYTES = 100
SIZES = st.sampled_from([1, 30, 50, PAGE_BYTES, PAGE_BYTES + 1, 3 * PAGE_BYTES])


class Walk(RuleBasedStateMachine):
    """A reader who follows pages, and others who write between two of them."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        for key, _ in store.page("", 1000, MOST_BYTES).found:
            store.change(key, lambda _: None)
        self.model: dict[str, bytes] = {}
        self.begin()

    def begin(self) -> None:
        self.after = ""
        self.seen: list[str] = []
        # What has been there since the walk began.
        self.constant = set(self.model)

    @rule(key=KEYS, size=SIZES)
    def put(self, key: str, size: int) -> None:
        self.model[key] = b"x" * size
        self.store.change(key, lambda _: self.model[key])

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        self.model.pop(key, None)
        self.constant.discard(key)
        self.store.change(key, lambda _: None)

    @rule(limit=st.integers(1, 5))
    def turn_the_page(self, limit: int) -> None:
        page = self.store.page(self.after, limit, PAGE_BYTES)
        assert dict(page.found).items() <= self.model.items()
        assert len(page.found) == 1 or sum(len(record) for _, record in page.found) <= PAGE_BYTES
        self.seen += [key for key, _ in page.found]
        if page.more:
            assert 1 <= len(page.found) <= limit
            self.after = self.seen[-1]
            return
        assert self.seen == sorted(set(self.seen))
        assert self.constant <= set(self.seen)
        self.begin()

    def teardown(self) -> None:
        # The walk under way and a whole one: both come to an end when nobody writes any more.
        for _ in range(2):
            turns = 0
            while self.after or not turns:
                self.turn_the_page(5)
                turns += 1
                assert turns <= len(self.model) + 1


@pytest.fixture
def store(store_settings: dict[str, object]) -> Iterator[Store]:
    store = open_store(Settings.model_validate(store_settings), "items")
    yield store
    store.close()


def test_every_record_that_is_there_all_the_time_is_on_one_page(store: Store) -> None:
    run_state_machine_as_test(lambda: Walk(store))  # type: ignore[arg-type] # any factory will do
