from collections.abc import Callable

import pytest
from conftest import with_key
from crud_api.paging import MOST_BYTES
from flask import Flask
from flask.testing import FlaskClient


@pytest.fixture
def ids(client: FlaskClient) -> list[str]:
    return [client.post("/items", json={"name": str(number)}).get_json()["item_id"] for number in range(5)]


def test_an_empty_list_has_no_next_page(client: FlaskClient) -> None:
    assert client.get("/items").json == {"items": [], "next": None}


def test_next_links_lead_through_all_items_once_and_in_order(client: FlaskClient, ids: list[str]) -> None:
    seen, sizes, url = [], [], "/items?limit=2"
    while url:
        page = client.get(url).get_json()
        seen += [item["item_id"] for item in page["items"]]
        sizes.append(len(page["items"]))
        url = page["next"]
    assert (seen, sizes) == (sorted(ids), [2, 2, 1])


def test_a_full_last_page_has_no_next_one(client: FlaskClient, ids: list[str]) -> None:
    assert client.get(f"/items?limit={len(ids)}").get_json()["next"] is None


def test_a_cursor_outlives_its_item(client: FlaskClient, ids: list[str]) -> None:
    _, second, third, *_ = sorted(ids)
    following = client.get("/items?limit=2").get_json()["next"]
    client.delete(f"/items/{second}")
    assert client.get(following).get_json()["items"][0]["item_id"] == third


def test_a_page_of_large_records_is_shorter_and_leads_on(
    make_app: Callable[..., Flask], store_settings: dict[str, object]
) -> None:
    client = with_key(make_app(resource="configs", **store_settings))
    keys = [f"{number:02}" for number in range(40)]
    for key in keys:
        assert client.put(f"/configs/{key}", json={"value": "x" * 60_000}).status_code == 201
    seen, url = [], "/configs?limit=1000"
    while url:
        response = client.get(url)
        assert 60_000 < len(response.data) < MOST_BYTES + 1000
        page = response.get_json()
        seen += [record["key"] for record in page["configs"]]
        url = page["next"]
    assert seen == keys


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "x", "", "1.5", "٣", "9" * 5000])
def test_a_limit_that_is_none_is_400(client: FlaskClient, limit: str) -> None:
    response = client.get("/items", query_string={"limit": limit})
    assert (response.status_code, response.get_json()["detail"]) == (400, "limit must be a number from 1 to 1000.")


@pytest.mark.parametrize("cursor", ["", "_w", "AAAA"])
def test_any_cursor_of_the_right_form_is_a_place_in_the_list(client: FlaskClient, cursor: str) -> None:
    assert client.get("/items", query_string={"after": cursor}).status_code == 200


@pytest.mark.parametrize("cursor", ["!", "a", "ä", "a" * 5, "aa==", "a" * 172, "aa\n"])
def test_a_cursor_that_is_none_is_400(client: FlaskClient, cursor: str) -> None:
    assert client.get("/items", query_string={"after": cursor}).status_code == 400
