"""What the tests share: an app that needs a key, and clients with and without it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from crud_api import create_app
from crud_api.settings import Settings
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from redis_server import RedisServer

KEY = "a-key-of-the-tests"

settings.register_profile("quick", max_examples=8, stateful_step_count=25, deadline=None)
settings.register_profile("soak", max_examples=1000, stateful_step_count=100, deadline=None)
settings.load_profile("quick")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="repeat what is in tests/slow ten times as often")


@pytest.fixture(scope="session")
def scale(request: pytest.FixtureRequest) -> int:
    """By what the tests of tests/slow multiply their rounds."""
    return 10 if request.config.getoption("soak") else 1


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "keys"
    file.write_text(f"{KEY}\n", encoding="utf-8")
    return file


@pytest.fixture
def make_app(key_file: Path) -> Iterator[Callable[..., Flask]]:
    made: list[Flask] = []

    def make(**settings: object) -> Flask:
        app = create_app(Settings.model_validate({"key_file": key_file} | settings))
        app.testing = True
        made.append(app)
        return app

    yield make
    for app in made:
        app.extensions["crud_api"].store.close()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(params=["memory", "sqlite", "redis"])
def store_settings(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, object]:
    """Settings for each of the stores, empty. They are patient: a loaded machine's disk is slow."""
    patient: dict[str, object] = {"store_timeout_seconds": 60}
    if request.param == "sqlite":
        return {"store": "sqlite", "sqlite_file": tmp_path / "records.sqlite"} | patient
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis_server")
        server.client.flushall()
        return {"store": "redis", "redis_url": server.url} | patient
    return {"store": "memory"}


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def anonymous(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return with_key(app)


def with_key(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_X_KEY"] = KEY
    return client
