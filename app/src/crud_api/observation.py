"""What happens around every request: an id, metrics, one log line, the headers that all responses have.

It is around the app as WSGI middleware, not inside as hooks of Flask: that takes a third of the time, and nothing gets
past it.
"""

import re
import time
from collections.abc import Iterable
from http import HTTPStatus
from random import getrandbits
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask

from .logs import write_request
from .metrics import Metrics
from .problems import REQUEST_ID, Problem

ID_HEADER = "X-Request-ID"
USABLE_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
SAFE_HEADERS = (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"))

# In the environment of a request that the server refuses: the problem to answer with.
REFUSED = "crud_api.refused"


def init_app(app: Flask, metrics: Metrics) -> None:
    """Watch every request of the app."""
    app.wsgi_app = Observation(app, metrics)  # type: ignore[method-assign] # Flask's place for middleware


class Observation:
    """The app, observed."""

    def __init__(self, app: Flask, metrics: Metrics) -> None:
        """Keep what is observed."""
        self.app = app
        self.answer: WSGIApplication = app.wsgi_app
        self.metrics = metrics

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        started = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        # An id has to be unique, not secret.
        request_id = environ[REQUEST_ID] = given if USABLE_ID.fullmatch(given) else f"{getrandbits(128):032x}"
        method = environ["REQUEST_METHOD"]
        route, status, size = None, 500, 0

        def start(line: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            nonlocal route, status, size
            # Flask has put its request here. Never the path itself: people type secrets into paths.
            rule = environ["werkzeug.request"].url_rule
            route = rule and rule.rule
            status = int(line[:3])
            size = 0 if method == "HEAD" else int(dict(headers).get("Content-Length", 0))
            headers += ((ID_HEADER, request_id), *SAFE_HEADERS)
            if status == HTTPStatus.UNAUTHORIZED:
                _hang_up(environ)
            return start_response(line, headers, *error)

        self.metrics.in_progress.add(id(environ))
        try:
            return self.refuse(environ, start) if REFUSED in environ else self.answer(environ, start)
        finally:
            self.metrics.in_progress.discard(id(environ))
            seconds = time.perf_counter() - started
            series = self.metrics.series(method, route, status)
            series.observe(seconds)
            write_request(request_id, series.about, seconds, size)

    def refuse(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer what the server found wrong, as the app would."""
        problem: Problem = environ[REFUSED]
        with self.app.request_context(environ):
            return problem.response()(environ, start_response)


def _hang_up(environ: WSGIEnvironment) -> None:
    """Leave the body of whoever has no key unread, and let each guess at one cost a connection."""
    abandon = getattr(environ["wsgi.input"], "abandon", None)
    if abandon:
        abandon()
