"""Teaches schemathesis the formats of string fields."""

from typing import Any

import schemathesis
from crud_api.resources.formats import parse_yaml
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError


def is_yaml(text: str) -> bool:
    try:
        parse_yaml(text)
    except PydanticCustomError:
        return False
    return True


scalars = st.from_regex(r"[a-z][a-z0-9 ]{0,20}", fullmatch=True)
mappings = st.dictionaries(scalars, scalars, min_size=1).map(
    lambda made: "".join(f"{k}: {v}\n" for k, v in made.items())
)
schemathesis.openapi.format("yaml", mappings | st.text(min_size=1).filter(is_yaml))


@schemathesis.hook
def filter_case(_context: Any, case: Any) -> bool:
    """Leave out what shall break nothing but a format: schemathesis can't tell which texts do, and most are YAML."""
    mutations = case.meta.phase.data.mutations if case.meta else ()
    return {keyword for mutation in mutations for keyword in mutation.keywords} != {"format"}
