import json

import pytest
from conftest import KEY
from flask import Flask
from flask.testing import FlaskClient


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """The log of the requests so far; each line is one JSON object."""
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in logged if line["logger"] == "crud_api.request"]


def test_a_usable_request_id_is_kept(anonymous: FlaskClient) -> None:
    for given in ("from-the.proxy_1", "x" * 128):
        assert anonymous.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given",
    [
        "",
        "with space",
        "x" * 129,
        "\xe4",
        '","level":"error',
        "a\\",
        "a%0d%0aSet-Cookie:b",
        "\x1b[31m",
        "a\tb",
        "\x7f",
        "a,b",
    ],
)
def test_any_other_id_is_replaced_and_nowhere_to_be_seen(
    anonymous: FlaskClient, given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    response = anonymous.get("/healthz", headers={"X-Request-ID": given})
    (line,) = lines(capsys)
    assert line["request_id"] == response.headers["X-Request-ID"] != given
    assert len(response.headers["X-Request-ID"]) == 32


def test_a_request_id_given_twice_is_none(anonymous: FlaskClient) -> None:
    response = anonymous.get("/healthz", headers=[("X-Request-ID", "a"), ("X-Request-ID", "b")])
    assert len(response.headers["X-Request-ID"]) == 32


def test_a_request_is_one_line_without_key_or_body(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    response = client.post("/items", json={"name": "secret-lamp"}, headers={"X-Request-ID": "abc"})
    output = capsys.readouterr().out
    assert (output.count("\n"), output[-1]) == (1, "\n")
    line = json.loads(output)
    assert str(line.pop("time")).endswith("Z")
    assert line.pop("milliseconds") >= 0
    assert line == {
        "level": "info",
        "logger": "crud_api.request",
        "message": "request",
        "request_id": "abc",
        "method": "POST",
        "route": "/items",
        "status": 201,
        "bytes": len(response.data),
    }
    assert KEY not in output


def test_head_sends_no_bytes(anonymous: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    anonymous.head("/items")
    assert lines(capsys)[0]["bytes"] == 0


@pytest.mark.parametrize("method", ["GET", 'BREW","level":"error', "GET\r\nX: y"])
def test_what_people_type_is_not_logged(
    anonymous: FlaskClient, method: str, capsys: pytest.CaptureFixture[str]
) -> None:
    anonymous.open('/secret"\n{}?key=secret', method=method, headers={"User-Agent": "secret", "Cookie": "secret"})
    output = capsys.readouterr().out
    line = json.loads(output)
    assert (line["method"], line["route"], line["status"]) == ("GET" if method == "GET" else "OTHER", None, 404)
    assert "secret" not in output


def test_every_response_has_the_safe_headers(anonymous: FlaskClient) -> None:
    headers = anonymous.get("/nope").headers
    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")


def test_a_request_that_breaks_the_app_is_observed_too(
    app: Flask, anonymous: FlaskClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(app.wsgi_app, "answer", broken)
    with pytest.raises(RuntimeError):
        anonymous.get("/healthz")
    assert lines(capsys)[0]["status"] == 500
