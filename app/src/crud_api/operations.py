"""What is not about records: health, readiness, metrics."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest

from .faults import Faults
from .problems import Problem
from .readiness import Readiness
from .settings import Settings
from .stores import Store
from .version import VERSION


def operations_blueprint(
    settings: Settings, store: Store, readiness: Readiness, faults: Faults, registry: CollectorRegistry
) -> Blueprint:
    """Make the routes."""
    blueprint = Blueprint("operations", __name__)

    @blueprint.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return jsonify(status="ok", version=VERSION, auth=settings.auth, faults=faults.order.names)

    @blueprint.get("/readyz")
    def readyz() -> ResponseReturnValue:
        if readiness.stopping:
            raise Problem(503, "The process is stopping.", headers={"Retry-After": "1"})
        if faults.order.not_ready:
            raise Problem(503, "A fault on demand: this was asked for.", headers={"Retry-After": "1"})
        store.check()
        return jsonify(status="ready")

    if settings.metrics_apart == "off":

        @blueprint.get("/metrics")
        def metrics() -> ResponseReturnValue:
            return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    return blueprint
