"""What the tests share: an app that needs a key, and clients with and without it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from crud_api import create_app
from crud_api.settings import Settings
from flask import Flask
from flask.testing import FlaskClient

KEY = "a-key-of-the-tests"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "keys"
    file.write_text(f"{KEY}\n", encoding="utf-8")
    return file


@pytest.fixture
def make_app(key_file: Path) -> Callable[..., Flask]:
    def make(**settings: object) -> Flask:
        app = create_app(Settings.model_validate({"key_file": key_file} | settings))
        app.testing = True
        return app

    return make


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
