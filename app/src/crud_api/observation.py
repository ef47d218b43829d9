"""What happens around every request: an id, metrics, one log line, the headers that all responses have."""

import logging
import re
import time
from uuid import uuid4

from flask import Flask, Response, g, request

from .metrics import Metrics

ID_HEADER = "X-Request-ID"
USABLE_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")

log = logging.getLogger(__name__)


def init_app(app: Flask, metrics: Metrics) -> None:
    """Watch every request of the app."""

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        g.request_id = _request_id()
        metrics.in_progress.inc()

    @app.after_request
    def finish(response: Response) -> Response:
        seconds = time.perf_counter() - g.started
        route = request.url_rule.rule if request.url_rule else None
        response.headers[ID_HEADER] = g.request_id
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        metrics.observe(request.method, route, response.status_code, seconds)
        _log(response, route, seconds)
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        metrics.in_progress.dec()


def _request_id() -> str:
    given = request.headers.get(ID_HEADER, "")
    return given if USABLE_ID.fullmatch(given) else uuid4().hex


def _log(response: Response, route: str | None, seconds: float) -> None:
    """Log a request; never its key or body, nor a path that matched nothing, since people type secrets into those."""
    fields = {
        "request_id": g.request_id,
        "method": request.method[:16],
        "route": route,
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 2),
        "bytes": response.content_length or 0,
    }
    log.info("request", extra={"fields": fields})
