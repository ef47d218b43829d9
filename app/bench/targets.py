"""What is measured beside the app: itself without metrics, and Flask routes that do nothing, in the same server."""

from crud_api import create_app
from crud_api.factory import Parts
from crud_api.metrics import new_metrics
from crud_api.readiness import Readiness
from crud_api.settings import Settings
from crud_api.stores import open_store
from flask import Flask, Response, request

JSON = "application/json"
RECORD = b'{"item_id":"01939c5e-1f3a-7c4e-b9f1-6f2f5c7a8d90","name":"lamp","tags":[]}\n'
PAGE = b'{"items":[%s],"next":null}\n' % b",".join([RECORD.strip()] * 100)


class NoMetrics:
    """Counts nothing."""

    in_progress: set[int] = set()  # noqa: RUF012 - the app's own use of it is part of what is measured
    about = '"method": "GET", "route": "/items/<item_id>", "status": 200'

    def series(self, _method: str, _route: str | None, _status: int) -> "NoMetrics":
        """Give what counts nothing."""
        return self

    def observe(self, _seconds: float) -> None:
        """Count nothing."""


def without_metrics() -> Flask:
    """Make the app with its metrics off."""
    app = create_app()
    app.wsgi_app.metrics = NoMetrics()  # type: ignore[attr-defined] # Observation's
    return app


def bare() -> Flask:
    """Make three Flask routes."""
    app = Flask("bare", static_folder=None)

    @app.get("/items/<item_id>")
    def read(item_id: str) -> Response:
        return Response(RECORD, mimetype=JSON)

    @app.get("/items")
    def page() -> Response:
        return Response(PAGE, mimetype=JSON)

    @app.post("/items")
    def create() -> Response:
        request.get_json()
        return Response(RECORD, status=201, mimetype=JSON)

    @app.get("/readyz")
    def ready() -> Response:
        return Response(b"", mimetype=JSON)

    settings = Settings.from_environment()
    # Only for the server around it.
    app.extensions["crud_api"] = Parts(settings, new_metrics(), Readiness(), open_store(settings, "items"))
    return app
