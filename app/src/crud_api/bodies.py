"""Request bodies: read as JSON once, with the true status for each way in which they are none."""

import json
from typing import Any, NoReturn

from flask import request

from .problems import Problem

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
DEEPEST = 100
TOO_DEEP = "The body is nested too deeply."


def read_json(*media_types: str) -> Any:
    """Return the body of one of these media types as Python values."""
    if request.mimetype not in media_types:
        raise Problem(415, f"The body must be {' or '.join(media_types)}.", headers={"Accept": ", ".join(media_types)})
    try:
        return json.loads(request.get_data(cache=False).decode(), parse_constant=_refuse)
    except RecursionError:
        raise Problem(400, TOO_DEEP) from None
    except ValueError as error:
        raise Problem(400, f"The body is no JSON: {error}.") from None


def merge_patch(target: Any, patch: Any, depth: int = 0) -> Any:
    """Apply a JSON merge patch (RFC 7396) and return the result; the target stays as it is."""
    if not isinstance(patch, dict):
        return patch
    if depth > DEEPEST:
        raise Problem(400, TOO_DEEP)
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value, depth + 1)
    return result


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not in JSON")
