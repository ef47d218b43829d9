"""Puts the app together."""

import logging
from dataclasses import dataclass

from flask import Flask

from . import observation, problems
from .keys import key_ring
from .metrics import Metrics, count_records, create_known_series, new_metrics
from .operations import operations_blueprint
from .page import page_blueprint
from .readiness import Readiness
from .resources import ITEMS
from .settings import Settings
from .stores.memory import MemoryStore
from .version import VERSION
from .views import resource_blueprint

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parts:
    """What the server around the app needs of it: app.extensions["crud_api"]."""

    metrics: Metrics
    readiness: Readiness


def create_app(config: Settings | None = None) -> Flask:
    """Make the app, by default as the environment says."""
    settings = config or Settings.from_environment()
    keys = key_ring(settings)
    store = MemoryStore(settings.max_records, settings.max_store_bytes)
    readiness, metrics = Readiness(), new_metrics()

    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    # A path is right or 404: a redirect would turn some clients' POST into a GET.
    app.url_map.merge_slashes = False
    observation.init_app(app, metrics)
    problems.init_app(app)
    records = resource_blueprint(ITEMS, store)
    if keys is not None:
        records.before_request(keys.guard)
    app.register_blueprint(records)
    app.register_blueprint(page_blueprint(ITEMS))
    app.register_blueprint(operations_blueprint(settings, store, readiness, metrics.registry))
    count_records(metrics, ITEMS, store)
    create_known_series(metrics, app)
    app.extensions["crud_api"] = Parts(metrics, readiness)
    log.info("crud-api %s: %s in memory, auth %s", VERSION, ITEMS.name, settings.auth)
    return app
