import pytest
from crud_api import __version__
from crud_api.stores import StoreAwayError
from crud_api.stores.memory import MemoryStore
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families


def value(app: Flask, name: str, **labels: str) -> float | None:
    found: float | None = app.extensions["crud_api"].metrics.registry.get_sample_value(name, labels)
    return found


def test_a_request_counts_under_its_template(app: Flask, client: FlaskClient) -> None:
    for name in ("lamp", "desk"):
        client.get(client.post("/items", json={"name": name}).headers["Location"])
    route = {"method": "GET", "route": "/items/<item_id>"}
    assert value(app, "http_requests_total", **route, status="200") == 2
    assert value(app, "http_request_duration_seconds_count", **route) == 2


def test_unknown_paths_and_methods_are_one_series_each(app: Flask, anonymous: FlaskClient) -> None:
    for number in range(3):
        anonymous.get(f"/nope/{number}")
        anonymous.open(f"/nope/{number}", method=f"BREW{number}")
    assert value(app, "http_requests_total", method="GET", route="unmatched", status="404") == 3
    assert value(app, "http_requests_total", method="OTHER", route="unmatched", status="404") == 3


def test_known_series_start_at_zero(app: Flask) -> None:
    for method, route, status in [
        ("POST", "/items", "201"),
        ("POST", "/items", "401"),
        ("POST", "/items", "507"),
        ("GET", "/items/<item_id>", "404"),
        ("DELETE", "/items/<item_id>", "204"),
        ("PATCH", "/items/<item_id>", "422"),
        ("GET", "/readyz", "503"),
        ("GET", "unmatched", "404"),
        ("GET", "/items", "500"),
    ]:
        assert value(app, "http_requests_total", method=method, route=route, status=status) == 0


def test_a_store_that_is_away_does_not_break_the_scrape(
    anonymous: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_store: MemoryStore) -> int:
        raise StoreAwayError

    monkeypatch.setattr(MemoryStore, "count", away)
    response = anonymous.get("/metrics")
    assert response.status_code == 200
    assert 'crud_records{resource="items"} NaN' in response.text


def test_records_and_version_are_there(app: Flask, client: FlaskClient) -> None:
    client.post("/items", json={"name": "lamp"})
    assert value(app, "crud_records", resource="items") == 1
    assert value(app, "crud_api_build_info", version=__version__) == 1


def test_a_request_is_in_progress_while_it_is(app: Flask, anonymous: FlaskClient) -> None:
    @app.get("/look")
    def look() -> str:
        return str(value(app, "http_requests_in_progress"))

    assert anonymous.get("/look").text == "1.0"
    assert value(app, "http_requests_in_progress") == 0


def test_the_exposition_is_prometheus_text_with_the_process_and_no_birth_times(anonymous: FlaskClient) -> None:
    response = anonymous.get("/metrics")
    families = {family.name for family in text_string_to_metric_families(response.text)}
    assert response.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert families >= {"http_requests", "http_request_duration_seconds", "process_resident_memory_bytes"}
    assert "_created" not in response.text
