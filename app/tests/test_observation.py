import logging

import pytest
from flask.testing import FlaskClient


@pytest.fixture(autouse=True)
def _log_everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def test_a_usable_request_id_is_kept(anonymous: FlaskClient) -> None:
    assert (
        anonymous.get("/", headers={"X-Request-ID": "from-the.proxy_1"}).headers["X-Request-ID"] == "from-the.proxy_1"
    )


@pytest.mark.parametrize("given", ["", "with space", "x" * 129, "ä"])
def test_any_other_request_gets_an_id(anonymous: FlaskClient, given: str) -> None:
    assert len(anonymous.get("/", headers={"X-Request-ID": given}).headers["X-Request-ID"]) == 32


def test_a_request_is_one_line_without_key_or_body(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    response = client.post("/items", json={"name": "secret-lamp"}, headers={"X-Request-ID": "abc"})
    (line,) = [record for record in caplog.records if record.name == "crud_api.observation"]
    fields = line.__dict__["fields"]
    assert fields.pop("milliseconds") >= 0
    assert fields == {
        "request_id": "abc",
        "method": "POST",
        "route": "/items",
        "status": 201,
        "bytes": len(response.data),
    }


def test_a_path_that_matched_nothing_is_not_logged(anonymous: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    anonymous.get("/nope?key=secret")
    fields = caplog.records[-1].__dict__["fields"]
    assert (fields["route"], fields["status"]) == (None, 404)
    assert "secret" not in str(fields)


def test_every_response_has_the_safe_headers(anonymous: FlaskClient) -> None:
    headers = anonymous.get("/nope").headers
    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
