import pytest
from crud_api.conditions import Conditions, etag_of
from crud_api.problems import Problem

RECORD = b'{"item_id":"1","name":"lamp"}'
TAG = etag_of(RECORD)
OTHER = etag_of(b"{}")


def allowed(record: bytes | None, if_match: str | None = None, if_none_match: str | None = None) -> bool:
    try:
        Conditions(if_match, if_none_match).require(record)
    except Problem:
        return False
    return True


def test_a_tag_is_strong_and_the_bytes_alone_decide_it() -> None:
    assert etag_of(b"") == '"e3b0c44298fc1c149afbf4c8996fb924"'
    assert TAG != OTHER


@pytest.mark.parametrize(
    ("header", "names_it"),
    [
        (TAG, True),
        ("*", True),
        (" * ", True),
        (f"{OTHER}, {TAG}", True),
        (f"{OTHER},{TAG},{OTHER}", True),
        (f'"a,b", ,{TAG}', True),
        (OTHER, False),
        (f"W/{TAG}", False),
        (TAG.strip('"'), False),
        (f"*, {OTHER}", False),
        (f'"x{TAG}', False),
        ("", False),
    ],
)
def test_if_match_allows_what_it_names(header: str, names_it: bool) -> None:
    assert allowed(RECORD, if_match=header) is names_it
    assert not allowed(None, if_match=header)


@pytest.mark.parametrize(
    ("header", "names_it"),
    [
        (TAG, True),
        ("*", True),
        (f"W/{TAG}", True),
        (f"{OTHER}, W/{TAG}", True),
        (f'"W/{TAG[1:]}', False),
        (OTHER, False),
        ("", False),
    ],
)
def test_if_none_match_excludes_what_it_names(header: str, names_it: bool) -> None:
    assert allowed(RECORD, if_none_match=header) is not names_it
    assert allowed(None, if_none_match=header)


def test_what_is_not_allowed_is_412() -> None:
    for conditions in (Conditions(OTHER, None), Conditions(None, TAG)):
        with pytest.raises(Problem) as raised:
            conditions.require(RECORD)
        assert raised.value.status == 412


def test_both_must_hold() -> None:
    assert allowed(RECORD, if_match=TAG, if_none_match=OTHER)
    assert not allowed(RECORD, if_match=TAG, if_none_match=TAG)
    assert not allowed(RECORD, if_match=OTHER, if_none_match=OTHER)


def test_without_conditions_all_is_allowed() -> None:
    assert allowed(RECORD)
    assert allowed(None)
