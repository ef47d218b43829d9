import pytest
from crud_api.problems import problem_of
from crud_api.stores import StoreAwayError
from flask import Flask
from flask.testing import FlaskClient


def test_an_error_has_one_shape_and_the_true_status(client: FlaskClient) -> None:
    response = client.get("/items/absent", headers={"X-Request-ID": "abc"})
    assert response.mimetype == "application/problem+json"
    assert response.status_code == 404
    assert response.json == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such record.",
        "request_id": "abc",
    }


def test_a_bug_is_500_without_internals_and_logged(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    @app.get("/bug")
    def bug() -> str:
        raise RuntimeError("internal-detail")

    response = app.test_client().get("/bug")
    assert (response.status_code, response.get_json()["status"]) == (500, 500)
    assert "internal-detail" not in response.text
    assert "internal-detail" in caplog.text


def test_a_store_that_does_not_answer_is_503_and_only_the_log_says_why(caplog: pytest.LogCaptureFixture) -> None:
    problem = problem_of(StoreAwayError("internal-detail"))
    assert (problem.status, problem.headers) == (503, {"Retry-After": "1"})
    assert "internal-detail" not in problem.detail
    assert "internal-detail" in caplog.text


def test_a_405_counts_under_the_template_of_its_path(app: Flask) -> None:
    client, registry = app.test_client(), app.extensions["crud_api"].metrics.registry
    for method, path, route in (("DELETE", "/items", "/items"), ("POST", "/items/a", "/items/<item_id>")):
        assert client.open(path, method=method).status_code == 405
        labels = {"method": method, "route": route, "status": "405"}
        assert registry.get_sample_value("http_requests_total", labels) == 1
