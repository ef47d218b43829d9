"""Puts the app together."""

import logging
from dataclasses import dataclass

from flask import Flask

from . import observation, problems
from .application import Application
from .fault_routes import faults_blueprint
from .faults import Faults
from .keys import key_ring
from .metrics import Metrics, count_records, create_known_series, new_metrics
from .openapi import openapi_blueprint
from .operations import operations_blueprint
from .page import page_blueprint
from .readiness import Readiness
from .resources import load_resource
from .settings import Settings
from .stores import Store, open_store
from .version import VERSION
from .views import resource_blueprint

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parts:
    """What the server around the app needs of it: app.extensions["crud_api"]."""

    settings: Settings
    metrics: Metrics
    readiness: Readiness
    store: Store


def create_app(config: Settings | None = None) -> Flask:
    """Make the app, by default as the environment says."""
    settings = config or Settings.from_environment()
    keys = key_ring(settings)
    resource = load_resource(settings.resource)
    store = open_store(settings, resource.name)
    readiness, faults, metrics = Readiness(), Faults(), new_metrics()

    app = Application()
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    observation.init_app(app, metrics)
    problems.init_app(app)
    records = resource_blueprint(resource, store, settings.max_body_bytes)
    if keys is not None:
        records.before_request(keys.guard)
    if settings.faults == "on":
        records.before_request(faults.strike)
        faults.measure(metrics.registry)
        app.register_blueprint(faults_blueprint(faults, keys))
    app.register_blueprint(records)
    app.register_blueprint(page_blueprint(resource, settings))
    app.register_blueprint(openapi_blueprint(resource, settings))
    app.register_blueprint(operations_blueprint(settings, store, readiness, faults, metrics.registry))
    count_records(metrics, resource.name, store)
    create_known_series(metrics, app)
    app.extensions["crud_api"] = Parts(settings, metrics, readiness, store)
    log.info("crud-api %s: %s in the store %s, auth %s", VERSION, resource.name, settings.store, settings.auth)
    return app
