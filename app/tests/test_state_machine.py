"""The API against a model: a dictionary that does what the documentation says. Longer: --hypothesis-profile=soak."""

import json
from collections.abc import Callable
from typing import Any

from conftest import with_key
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from werkzeug.test import TestResponse

JSON = Any
# Few, so that they meet again; in an order that is not that of letters.
KEYS = st.sampled_from(["a", "B", "a.b", "0"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))
# What a condition says about the record: its tag as it is, one of another record, any, or nothing.
CONDITIONS = st.sampled_from(["present", "other", "*", None])
OTHER_TAG = '"00000000000000000000000000000000"'


def merged(target: JSON, patch: JSON) -> JSON:
    """RFC 7396's own pseudo-code."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


class Api(RuleBasedStateMachine):
    """Calls of all kinds in any order."""

    def __init__(self, client: FlaskClient) -> None:
        super().__init__()
        self.client = client
        self.model: dict[str, JSON] = {}
        self.tags: dict[str, str] = {}
        for record in self.listed(1000):
            client.delete(f"/configs/{record['key']}")

    def headers(self, key: str, if_match: str | None, if_none_match: str | None) -> dict[str, str]:
        tags = {"present": self.tags.get(key, OTHER_TAG), "other": OTHER_TAG, "*": "*"}
        given = {"If-Match": if_match, "If-None-Match": if_none_match}
        return {name: tags[condition] for name, condition in given.items() if condition}

    def allowed(self, key: str, if_match: str | None, if_none_match: str | None) -> bool:
        found = {"present", "*"} if key in self.model else set()
        return (if_match is None or if_match in found) and if_none_match not in found

    def keep(self, key: str, value: JSON, response: TestResponse) -> None:
        """Compare an answer with what the record should be, and remember it."""
        assert json.loads(response.data) == {"key": key, "value": value}
        self.model[key], self.tags[key] = value, response.headers["ETag"]

    def listed(self, limit: int) -> list[JSON]:
        records: list[JSON] = []
        url: str | None = f"/configs?limit={limit}"
        while url:
            page = self.client.get(url).get_json()
            assert len(page["configs"]) <= limit
            records += page["configs"]
            url = page["next"]
        return records

    @rule(key=KEYS, value=VALUES)
    def create(self, key: str, value: JSON) -> None:
        response = self.client.post("/configs", json={"key": key, "value": value})
        if key in self.model:
            assert response.status_code == 409
        else:
            assert (response.status_code, response.headers["Location"]) == (201, f"/configs/{key}")
            self.keep(key, value, response)

    @rule(key=KEYS, value=VALUES, if_match=CONDITIONS, if_none_match=CONDITIONS)
    def replace(self, key: str, value: JSON, if_match: str | None, if_none_match: str | None) -> None:
        headers = self.headers(key, if_match, if_none_match)
        response = self.client.put(f"/configs/{key}", json={"value": value}, headers=headers)
        if not self.allowed(key, if_match, if_none_match):
            assert response.status_code == 412
        else:
            assert response.status_code == (200 if key in self.model else 201)
            self.keep(key, value, response)

    @rule(key=KEYS, patch=VALUES, if_match=CONDITIONS, if_none_match=CONDITIONS)
    def change(self, key: str, patch: JSON, if_match: str | None, if_none_match: str | None) -> None:
        headers = self.headers(key, if_match, if_none_match)
        response = self.client.patch(f"/configs/{key}", json={"value": patch}, headers=headers)
        if key not in self.model:
            assert response.status_code == 404
        elif not self.allowed(key, if_match, if_none_match):
            assert response.status_code == 412
        elif patch is None:
            assert response.status_code == 422
        else:
            assert response.status_code == 200
            self.keep(key, merged(self.model[key], patch), response)

    @rule(key=KEYS, if_match=CONDITIONS, if_none_match=CONDITIONS)
    def delete(self, key: str, if_match: str | None, if_none_match: str | None) -> None:
        response = self.client.delete(f"/configs/{key}", headers=self.headers(key, if_match, if_none_match))
        if key not in self.model:
            assert response.status_code == 404
        elif not self.allowed(key, if_match, if_none_match):
            assert response.status_code == 412
        else:
            assert response.status_code == 204
            del self.model[key], self.tags[key]

    @rule(key=KEYS, if_match=CONDITIONS, if_none_match=CONDITIONS, method=st.sampled_from(["GET", "HEAD"]))
    def read(self, key: str, if_match: str | None, if_none_match: str | None, method: str) -> None:
        headers = self.headers(key, if_match, if_none_match)
        response = self.client.open(f"/configs/{key}", method=method, headers=headers)
        if key not in self.model:
            assert response.status_code == 404
        elif if_match == "other":
            assert response.status_code == 412
        elif if_none_match in ("present", "*"):
            assert (response.status_code, response.headers["ETag"]) == (304, self.tags[key])
        else:
            assert (response.status_code, response.headers["ETag"]) == (200, self.tags[key])
            assert method == "HEAD" or response.get_json() == {"key": key, "value": self.model[key]}

    @rule(limit=st.integers(1, 7))
    def list(self, limit: int) -> None:
        assert self.listed(limit) == [{"key": key, "value": self.model[key]} for key in sorted(self.model)]

    @invariant()
    def counts(self) -> None:
        registry = self.client.application.extensions["crud_api"].metrics.registry
        assert registry.get_sample_value("crud_records", {"resource": "configs"}) == len(self.model)


def test_the_api_does_what_its_model_does(make_app: Callable[..., Flask], store_settings: dict[str, object]) -> None:
    client = with_key(make_app(resource="configs", **store_settings))
    run_state_machine_as_test(lambda: Api(client))  # type: ignore[arg-type] # any factory will do
