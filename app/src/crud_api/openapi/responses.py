"""Answers that many operations share: a problem for each status, and the headers that come with them."""

from typing import Any

from .schemas import schema

Response = dict[str, Any]

TEXT: dict[str, Any] = {"schema": {"type": "string"}, "required": True}
PROBLEMS: dict[int, tuple[str, str, str | None]] = {
    400: ("BadRequest", "The request, its query or its body is malformed.", None),
    401: ("Unauthorized", "X-Key is missing or not valid; the connection is closed.", "WWW-Authenticate"),
    404: ("NotFound", "There is no such record.", None),
    408: ("RequestTimeout", "The request did not arrive in time; the connection is closed.", None),
    409: ("Conflict", "There is a record of that id already.", None),
    412: ("PreconditionFailed", "The record is not as If-Match or If-None-Match expects it.", None),
    413: ("ContentTooLarge", "The body, or the record that it makes, is too long.", None),
    414: ("UriTooLong", "The path and its query are too long; the connection is closed.", None),
    415: ("UnsupportedMediaType", "The body has another media type than these.", "Accept"),
    417: ("ExpectationFailed", "The headers expect what can't be met; the connection is closed.", None),
    422: ("UnprocessableContent", "The body is not a valid record; `errors` has each wrong field.", None),
    431: ("RequestHeaderFieldsTooLarge", "The headers are too large or too many.", None),
    500: ("InternalServerError", "A bug; the log has the reason.", None),
    501: ("NotImplemented", "The body's transfer coding is not known; the connection is closed.", None),
    503: ("ServiceUnavailable", "The store does not answer, or the process is stopping.", "Retry-After"),
    505: ("HttpVersionNotSupported", "The version of HTTP is neither 1.0 nor 1.1; the connection is closed.", None),
    507: ("InsufficientStorage", "The store is full.", None),
}
# Not 405: it answers the methods that a path does not have, and those have no place in a description.
ANYWHERE = (400, 408, 414, 417, 431, 500, 501, 505)
HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {"description": "The record's strong entity tag.", **TEXT},
    "Location": {"description": "The record's path.", **TEXT},
    "Allow": {"description": "The methods of the path.", **TEXT},
    "Accept-Patch": {"description": "The media type of patches.", **TEXT},
    "WWW-Authenticate": {"description": "How to authenticate.", **TEXT},
    "Accept": {"description": "The media types that are taken.", **TEXT},
    "Retry-After": {"description": "Seconds after which to try again.", **TEXT},
}


def answer(description: str, content: dict[str, Any] | None = None, *headers: str) -> Response:
    """Return a response with these headers."""
    made: Response = {"description": description}
    if headers:
        made["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    return made | ({"content": content} if content else {})


def json_content(name: str) -> dict[str, Any]:
    """Return JSON content of a schema."""
    return {"application/json": {"schema": schema(name)}}


def problems(*statuses: int) -> dict[str, Response]:
    """Return the responses of these statuses, and of those that any request can get."""
    names = {status: PROBLEMS[status][0] for status in sorted({*statuses, *ANYWHERE})}
    return {str(status): {"$ref": f"#/components/responses/{name}"} for status, name in names.items()}


def without_content(response: Response) -> Response:
    """Return what HEAD gets where GET gets this response."""
    names = {name: (description, header) for name, description, header in PROBLEMS.values()}
    if reference := response.get("$ref"):
        description, header = names[reference.rpartition("/")[2]]
        return answer(description, None, *([header] if header else []))
    return {name: value for name, value in response.items() if name != "content"}


def problem_responses() -> dict[str, Response]:
    """Return all problems by name."""
    content = {"application/problem+json": {"schema": schema("Problem")}}
    return {
        name: answer(description, content, *([header] if header else []))
        for name, description, header in PROBLEMS.values()
    }
