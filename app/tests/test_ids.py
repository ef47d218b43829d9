import time
from uuid import UUID

from crud_api.ids import new_id


def test_an_id_is_a_uuid_of_version_7() -> None:
    before = time.time_ns() // 1_000_000
    made = UUID(new_id())
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_ids_differ() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000
