"""The whole description, and where it is served."""

import json
from typing import Any

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from ..bodies import JSON
from ..keys import HEADER
from ..resources import Resource
from ..settings import Settings
from ..version import VERSION
from .operations import operation_paths, operation_schemas
from .records import PARAMETERS, record_paths
from .responses import HEADERS, answer, problem_responses, problems, without_content
from .schemas import schemas

HEAD = "As GET, without the body"
ABOUT = (
    "Errors are `application/problem+json` (RFC 9457). Each path answers HEAD as GET without the body, and OPTIONS; "
    "any other method is 405, and any other path 404. `X-Request-ID` is taken from the request, or made."
)


def openapi_blueprint(resource: Resource, settings: Settings) -> Blueprint:
    """Make the route; the description is made once, now."""
    blueprint = Blueprint("openapi", __name__)
    body = json.dumps(describe(resource, settings)).encode() + b"\n"

    @blueprint.get("/openapi.json")
    def description() -> ResponseReturnValue:
        return Response(body, content_type=JSON)

    return blueprint


def describe(resource: Resource, settings: Settings) -> dict[str, Any]:
    """Return the description of an app that serves this resource with these settings."""
    faults = settings.faults == "on"
    paths = record_paths(resource) | operation_paths(metrics=settings.metrics_apart == "off", faults=faults)
    for path in paths.values():
        path.update(head=_head(path["get"]), options=_options(path))
    components: dict[str, Any] = {
        "schemas": schemas(resource) | operation_schemas(faults=faults),
        "parameters": PARAMETERS,
        "headers": HEADERS,
        "responses": problem_responses(),
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": HEADER}},
    }
    if settings.auth == "off":
        del components["securitySchemes"], components["responses"]["Unauthorized"]
        _open(paths)
    about = " ".join(filter(None, (resource.definition.description, ABOUT)))
    info = {"title": f"crud-api: {resource.name}", "version": VERSION, "description": about}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": components}


def _head(get: dict[str, Any]) -> dict[str, Any]:
    responses = {status: without_content(response) for status, response in get["responses"].items()}
    return get | {"operationId": f"head_{get['operationId']}", "summary": HEAD, "responses": responses}


def _options(path: dict[str, Any]) -> dict[str, Any]:
    headers = ["Allow", "Accept-Patch"] if "patch" in path else ["Allow"]
    # Of any path of the form, whether or not a record can have such an id.
    parameters = [parameter | {"schema": {"type": "string"}} for parameter in path.get("parameters", [])]
    return {
        "operationId": f"options_{path['get']['operationId']}",
        "summary": "Tell the methods of this path",
        "parameters": parameters,
        "responses": {"204": answer("Allow names them.", None, *headers), **problems()},
    }


def _open(paths: dict[str, Any]) -> None:
    """Take out what keys would need."""
    for path in paths.values():
        for method in ("post", "put", "patch", "delete"):
            if method in path:
                del path[method]["security"], path[method]["responses"]["401"]
