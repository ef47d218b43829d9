"""Request bodies: read as JSON once, with the true status for each way in which they are none."""

from typing import Any

from flask import request
from pydantic_core import from_json

from .problems import Problem

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"


def read_json(*media_types: str) -> Any:
    """Return the body of one of these media types as Python values."""
    if request.mimetype not in media_types:
        raise Problem(415, f"The body must be {' or '.join(media_types)}.", headers={"Accept": ", ".join(media_types)})
    body = request.get_data(cache=False)
    try:
        # Stricter than the standard library: no NaN, no half surrogate pairs, nothing nested more than 200 deep.
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Problem(400, f"The body is not JSON: {error}.") from None


def merge_patch(target: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7396) and return the result; the target stays as it is."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value)
    return result
