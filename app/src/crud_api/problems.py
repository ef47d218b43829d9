"""Errors as application/problem+json (RFC 9457): one shape, one handler, the true status."""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from .stores import RecordExistsError, RecordMissingError, StoreAwayError, StoreFullError

# In the environment of each request: its id.
REQUEST_ID = "crud_api.request_id"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of a body; the pointer is RFC 6901's."""

    pointer: str
    detail: str


def pointer_to(place: Iterable[int | str]) -> str:
    """Return the JSON pointer (RFC 6901) of a place within a body, as pydantic tells it."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in place)


@dataclass
class Problem(Exception):  # noqa: N818 - the RFC's word
    """An error that the client is told about."""

    status: int
    detail: str
    errors: tuple[FieldError, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """Render it."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "request_id": request.environ[REQUEST_ID],
        }
        if self.errors:
            body["errors"] = [{"pointer": error.pointer, "detail": error.detail} for error in self.errors]
        return Response(
            json.dumps(body) + "\n", status=self.status, headers=self.headers, mimetype="application/problem+json"
        )


def init_app(app: Flask) -> None:
    """Send every error through the one handler."""

    @app.errorhandler(Exception)
    def handle(error: Exception) -> Response:
        if isinstance(error, MethodNotAllowed):
            _name_route(error)
        return problem_of(error).response()


def problem_of(error: Exception) -> Problem:
    """Say what a client may know about an error; what it may not is logged."""
    match error:
        case Problem():
            return error
        case HTTPException(code=int(code)):
            return Problem(code, error.description or "", headers=_headers(error))
        case RecordMissingError() | RecordExistsError() | StoreFullError() | StoreAwayError():
            return _problem_of_store(error)
    log.exception("unexpected error", exc_info=error)
    return Problem(500, "The server failed; its log has the reason under the request's id.")


def _problem_of_store(error: Exception) -> Problem:
    match error:
        case RecordMissingError():
            return Problem(404, "There is no such record.")
        case RecordExistsError():
            return Problem(409, "There is a record of that id already; PUT replaces it.")
        case StoreFullError():
            return Problem(507, str(error))
    log.warning("the store does not answer: %s", error)
    return Problem(503, "The store does not answer.", headers={"Retry-After": "1"})


def _name_route(error: MethodNotAllowed) -> None:
    """Let a 405 count under the template of its path, which routing tells only for the methods that there are."""
    method = next(iter(error.valid_methods or ()))
    adapter = request_ctx.url_adapter
    assert adapter  # noqa: S101 - the error came from it
    request.url_rule, _ = adapter.match(method=method, return_rule=True)


def _headers(error: HTTPException) -> dict[str, str]:
    """Keep what an HTTP error says beyond its page: Allow, for one."""
    return {name: value for name, value in error.get_headers() if name != "Content-Type"}
