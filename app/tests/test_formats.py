import pytest
from crud_api.resources.formats import DEEPEST, parse_yaml
from pydantic_core import PydanticCustomError


@pytest.mark.parametrize(
    "text", ["", "a", "a: 1\n---\nb: [2]\n", "- " * DEEPEST + "a", "a: !own {b: c}", "<<: [*a, *b]"]
)
def test_what_parses_is_yaml(text: str) -> None:
    assert parse_yaml(text) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: b: c", "line 1: mapping values are not allowed in this context"),
        ("a:\n\t- b", "line 2: found character that cannot start any token"),
        ("a: \x01", "it holds a character that YAML forbids"),
        ("- " * (DEEPEST + 1) + "a", "it is nested more than 100 deep"),
        # Minutes of work for a parser that is left to it.
        ("[" * 50_000, "it is nested more than 100 deep"),
    ],
)
def test_what_does_not_parse_is_refused_with_the_line(text: str, reason: str) -> None:
    with pytest.raises(PydanticCustomError) as raised:
        parse_yaml(text)
    assert raised.value.message() == f"Input should be YAML, but {reason}"


def test_aliases_are_not_expanded() -> None:
    # Each line has nine of the one before: expanded, more than the memory of any machine.
    lines = ["a0: &a0 x"] + [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 60)]
    parse_yaml("\n".join(lines))
