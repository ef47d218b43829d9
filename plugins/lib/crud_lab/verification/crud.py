"""The requests that prove the API, counted as they are made."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from crud_lab.verification.counters import Counts
from crud_lab.verification.problem import VerifyError
from crud_lab.verification.web import Reply, request

LOOK_AT_THE_APP = "ansible-playbook site.yml --tags app"


@dataclass
class Api:
    """The API behind the Ingress, and what was asked of it."""

    url: str
    resource: str
    key: str
    made: Counts = field(default_factory=Counter)

    def call(self, method: str, item: str = "", *, expect: int, key: str = "", body: object = None) -> Reply:
        """Send one request to the resource and count it; an unexpected status is an error."""
        route = f"/{self.resource}/<id>" if item else f"/{self.resource}"
        target = f"{self.url}/{self.resource}{f'/{item}' if item else ''}"
        reply = request(method, target, {"X-Key": key} if key else {}, body)
        if reply.status:
            self.made[(method, route, str(reply.status))] += 1
        if reply.status != expect:
            raise VerifyError(f"{method} {target}: {reply} instead of {expect}{excerpt(reply)}", LOOK_AT_THE_APP)
        return reply


def excerpt(reply: Reply) -> str:
    """Return the start of the answer's text, which often says why."""
    text = " ".join(reply.text.split())
    return f" ({text[:160]})" if reply.status and text else ""


def read(api: Api) -> None:
    """Prove what changes nothing: the list answers."""
    listing = api.call("GET", expect=200)
    if listing.json() is None:
        raise VerifyError(f"GET {api.url}/{api.resource}: 200, but not JSON{excerpt(listing)}", LOOK_AT_THE_APP)


def create_read_update_delete(api: Api, item: dict[str, Any], changed: dict[str, Any]) -> None:
    """Prove the whole life of an item that is removed again, whatever happens."""
    api.call("POST", expect=401, body=item)
    made = api.call("POST", expect=201, key=api.key, body=item)
    name = made.location.rpartition("/")[2]
    if not name:
        raise VerifyError(f"POST {api.url}/{api.resource}: 201, but no Location of the new item", LOOK_AT_THE_APP)
    try:
        expect_fields(api, name, item)
        api.call("PUT", name, expect=200, key=api.key, body=changed)
        expect_fields(api, name, changed)
        api.call("DELETE", name, expect=401, key=secrets.token_hex(16))
    except VerifyError:
        request("DELETE", f"{api.url}/{api.resource}/{name}", {"X-Key": api.key})
        raise
    api.call("DELETE", name, expect=204, key=api.key)
    api.call("GET", name, expect=404)


def expect_fields(api: Api, name: str, fields: dict[str, Any]) -> None:
    """Read the item and compare the fields that were sent."""
    got = api.call("GET", name, expect=200).json()
    if not isinstance(got, dict) or any(got.get(field) != value for field, value in fields.items()):
        seen = f"GET {api.url}/{api.resource}/{name}: {got!r} instead of {fields!r}"
        raise VerifyError(seen, "one replica, or a store that the replicas share: see crud_api_replicas")
