"""`/` and what it is made of: a page for browsers, an index in JSON for all others."""

from pathlib import Path

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from ..resources import Resource
from ..settings import Settings
from ..version import VERSION

HERE = Path(__file__).parent
HTML, JSON = "text/html", "application/json"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# Nothing but the page's own files, and no markup made from strings: records are shown as text.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)


def page_blueprint(resource: Resource, settings: Settings) -> Blueprint:
    """Make the routes; the files are read once, now."""
    blueprint = Blueprint("page", __name__)
    page = (HERE / "index.html").read_bytes()
    files = {file.name: (file.read_bytes(), MEDIA_TYPES[file.suffix]) for file in (HERE / "static").iterdir()}
    links = {
        resource.name: f"/{resource.name}",
        "description": "/openapi.json",
        "health": "/healthz",
        "ready": "/readyz",
    } | ({"metrics": "/metrics"} if settings.metrics_apart == "off" else {})

    @blueprint.get("/")
    def index() -> ResponseReturnValue:
        if request.accept_mimetypes.best_match([JSON, HTML], JSON) == HTML:
            response = Response(page, mimetype=HTML)
            response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
            response.headers["Referrer-Policy"] = "no-referrer"
        else:
            response = jsonify(name="crud-api", version=VERSION, links=links)
        response.vary.add("Accept")
        return response

    @blueprint.get("/static/<name>")
    def static(name: str) -> ResponseReturnValue:
        if name not in files:
            abort(404)
        body, media_type = files[name]
        return Response(body, mimetype=media_type)

    return blueprint
