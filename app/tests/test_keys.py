import hmac
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import KEY
from crud_api import create_app
from crud_api.keys import LONGEST, SHORTEST
from crud_api.settings import Settings, StartError
from flask import Flask
from flask.testing import FlaskClient

ITEM = {"name": "lamp"}
OTHER = "another-key-of-the-tests"


def post(client: FlaskClient, *keys: str) -> int:
    return client.post("/items", json=ITEM, headers=[("X-Key", key) for key in keys]).status_code


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_every_mutating_call_without_a_key_is_401(anonymous: FlaskClient, method: str) -> None:
    path = "/items" if method == "POST" else "/items/any"
    response = anonymous.open(path, method=method, data=b"never read")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'X-Key realm="crud-api"'
    assert response.get_json()["detail"] == "The header X-Key is missing."


def test_reading_needs_no_key(anonymous: FlaskClient) -> None:
    assert anonymous.get("/items").status_code == 200


@pytest.mark.parametrize(
    "keys",
    [
        ["wrong"],
        [""],
        [KEY.upper()],
        [KEY + "x"],
        [KEY, KEY],
        [KEY, "wrong"],
        ["x" * 8000],
        ["schl\u00fcssel-der-tests"],
    ],
)
def test_a_key_that_is_not_exactly_the_key_is_401(anonymous: FlaskClient, keys: list[str]) -> None:
    assert post(anonymous, *keys) == 401


def test_a_wrong_key_is_not_repeated(anonymous: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    response = anonymous.post("/items", json=ITEM, headers={"X-Key": "a-wrong-key"})
    assert response.get_json()["detail"] == "The key in X-Key is not valid."
    assert "a-wrong-key" not in response.text + caplog.text


def test_every_key_is_compared_whichever_is_right(
    anonymous: FlaskClient, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a time that tells nothing: each by compare_digest, of digests that are equally long."""
    key_file.write_text(f"{KEY}\n{OTHER}\n", encoding="utf-8")
    compared: list[tuple[int, int]] = []

    def compare(given: bytes, known: bytes) -> bool:
        compared.append((len(given), len(known)))
        return given == known

    monkeypatch.setattr(hmac, "compare_digest", compare)
    for key in (KEY, OTHER, "wrong", "x" * 8000):
        compared.clear()
        post(anonymous, key)
        assert compared == [(32, 32), (32, 32)]


def test_keys_rotate_without_a_restart(anonymous: FlaskClient, key_file: Path) -> None:
    key_file.write_text(f"{KEY}\n\n  {OTHER}\n", encoding="utf-8")
    assert (post(anonymous, KEY), post(anonymous, OTHER)) == (201, 201)
    # As Kubernetes does it: another file takes the name.
    replacement = key_file.with_suffix(".new")
    replacement.write_text(OTHER, encoding="utf-8")
    replacement.rename(key_file)
    assert (post(anonymous, KEY), post(anonymous, OTHER)) == (401, 201)


@pytest.mark.parametrize("content", ["", "short\n", None])
def test_a_spoilt_key_file_lets_nobody_in_until_it_is_repaired(
    anonymous: FlaskClient, key_file: Path, content: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    if content is None:
        key_file.unlink()
    else:
        key_file.write_text(content, encoding="utf-8")
    assert post(anonymous, KEY) == 401
    assert "no key is accepted until this is repaired" in caplog.text
    key_file.write_text(KEY, encoding="utf-8")
    assert post(anonymous, KEY) == 201


@pytest.mark.parametrize(
    "key",
    ["x" * (SHORTEST - 1), "x" * (LONGEST + 1), "with,comma-and-more", "with space and more", "ümlaut-ümlaut-ümlaut"],
)
def test_an_unusable_key_ends_the_start_with_its_line(make_app: Callable[..., Flask], key_file: Path, key: str) -> None:
    key_file.write_text(f"{KEY}\n{key}\n", encoding="utf-8")
    with pytest.raises(StartError, match=r"CRUD_KEY_FILE: line 2 of .*keys is no key") as raised:
        make_app()
    assert key not in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe"])
def test_a_file_without_keys_ends_the_start(make_app: Callable[..., Flask], key_file: Path, content: bytes) -> None:
    key_file.write_bytes(content)
    with pytest.raises(StartError, match="CRUD_KEY_FILE: "):
        make_app()


def test_without_a_key_nothing_starts_unless_told_so() -> None:
    with pytest.raises(StartError, match=r"set CRUD_KEY_FILE .* or CRUD_AUTH=off"):
        create_app(Settings())


def test_auth_off_lets_everyone_write_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    client = create_app(Settings(auth="off")).test_client()
    assert post(client) == 201
    assert "CRUD_AUTH=off: everyone may change records" in caplog.text
    assert client.get("/healthz").get_json()["auth"] == "off"


def test_the_shortest_and_longest_key_are_keys(make_app: Callable[..., Flask], key_file: Path) -> None:
    key_file.write_text("x" * SHORTEST + os.linesep + "y" * LONGEST, encoding="utf-8")
    client = make_app().test_client()
    assert (post(client, "x" * SHORTEST), post(client, "y" * LONGEST)) == (201, 201)
