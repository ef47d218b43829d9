"""The paths that are not about records."""

from typing import Any

from ..faults import Order
from .responses import answer, json_content, problems

Path = dict[str, Any]

ANY_OBJECT = {"application/json": {"schema": {"type": "object"}}}


def operation_paths(*, metrics: bool, faults: bool) -> dict[str, Path]:
    """Return them, those of metrics and faults only where they are served."""
    text = {"text/plain": {"schema": {"type": "string"}}}
    page = {"text/html": {"schema": {"type": "string"}}}
    paths = {
        "/": _read("index", "The page for browsers, for others an index", "The index.", ANY_OBJECT | page),
        "/openapi.json": _read("description", "This description", "OpenAPI 3.1.", ANY_OBJECT),
        "/healthz": _read("health", "Whether the process lives", "It does.", ANY_OBJECT),
        "/readyz": _read("readiness", "Whether requests are welcome", "They are.", ANY_OBJECT, 503),
    }
    if metrics:
        paths["/metrics"] = _read("metrics", "Metrics for Prometheus", "All metrics.", text)
    return paths | ({"/faults": _faults()} if faults else {})


def _read(name: str, summary: str, description: str, content: dict[str, Any], *statuses: int) -> Path:
    responses = {"200": answer(description, content), **problems(*statuses)}
    return {"get": {"operationId": name, "summary": summary, "responses": responses}}


def _faults() -> Path:
    shown = _read("show_faults", "Show the faults on demand", "What is in force, and for how long.", ANY_OBJECT)
    security: list[dict[str, list[str]]] = [{"key": []}]
    begin = {
        "operationId": "begin_faults",
        "summary": "Begin faults",
        "description": "In the place of those that are in force; they end by themselves.",
        "security": security,
        "requestBody": {"required": True, "content": json_content("Faults")},
        "responses": {"200": answer("They are in force.", ANY_OBJECT), **problems(401, 413, 415, 422)},
    }
    end = {
        "operationId": "end_faults",
        "summary": "End all faults",
        "security": security,
        "responses": {"204": answer("None is in force."), **problems(401)},
    }
    return shown | {"put": begin, "delete": end}


def operation_schemas(*, faults: bool) -> dict[str, Any]:
    """Return the schemas that these paths name."""
    return {"Faults": Order.model_json_schema()} if faults else {}
