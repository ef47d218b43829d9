import pytest
from labkube.yamlsubset import YamlError, parse


def test_scalars_and_lists():
    text = "a: 1\nb: 'it''s'\nc: \"x # y\" # note\nd:\n  - p\n  - q # note\ne: []\nf: [x, 'y']\ng:\n"
    assert parse(text) == {"a": "1", "b": "it's", "c": "x # y", "d": ["p", "q"], "e": [], "f": ["x", "y"], "g": []}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: {b: c}", "line 1: only plain or quoted values"),
        ("a: |\n  b", "line 1: only plain or quoted values"),
        ("a: &x y", "line 1: only plain or quoted values"),
        ("a:\n  b: c", "line 2: expected 'key: value'"),
        ("a: 1\n- b", "line 2: a list item without a key"),
        ("a: 1\na: 2", "line 2: the key 'a' stands here for the second time"),
        ("a: [b,\n c]", "line 1: the list"),
        ("- a", "line 1: a list item without a key"),
        ("a:\n- b: c", "line 2: only plain or quoted values"),
    ],
)
def test_what_goes_beyond_is_refused(text: str, complaint: str):
    with pytest.raises(YamlError, match=complaint):
        parse(text)
