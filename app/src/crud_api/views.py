"""The HTTP interface of a resource: its collection and its members."""

import json
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask.views import MethodView

from .bodies import JSON, MERGE_PATCH, merge_patch, read_json
from .ids import new_id
from .paging import requested_page
from .resources import Resource
from .stores import RecordMissingError, Store


class ResourceView(MethodView):
    """What both views know: the resource and its store."""

    init_every_request = False

    def __init__(self, resource: Resource, store: Store) -> None:
        """Keep both."""
        self.resource = resource
        self.store = store


class Collection(ResourceView):
    """/items."""

    def get(self) -> ResponseReturnValue:
        """List a page; one record more than asked for tells whether there is a next one."""
        page = requested_page()
        found = self.store.page(page.after, page.limit + 1)
        more = len(found) > page.limit
        found = found[: page.limit]
        following = json.dumps(request.path + page.link_behind(found[-1][0])) if more else "null"
        records = b",".join(record for _, record in found)
        return _sent(b'{"%s":[%s],"next":%s}' % (self.resource.name.encode(), records, following.encode()))

    def post(self) -> ResponseReturnValue:
        """Create a record."""
        key = new_id()
        record = self.resource.record(key, read_json(JSON))
        self.store.add(key, record)
        response = _sent(record, HTTPStatus.CREATED)
        response.headers["Location"] = f"{request.path}/{key}"
        return response


class Member(ResourceView):
    """/items/<item_id>."""

    def dispatch_request(self, **arguments: str) -> ResponseReturnValue:
        """Call the method with the id as `key`, whatever the resource calls it in its route."""
        (key,) = arguments.values()
        return super().dispatch_request(key=key)

    def get(self, key: str) -> ResponseReturnValue:
        """Read a record."""
        return _sent(self.store.get(key))

    def put(self, key: str) -> ResponseReturnValue:
        """Replace a record."""
        record = self.resource.record(key, read_json(JSON))
        return _sent(self._changed(key, lambda _: record))

    def patch(self, key: str) -> ResponseReturnValue:
        """Change some fields of a record."""
        patch = read_json(MERGE_PATCH, JSON)
        change = partial(self._patched, key, patch)
        return _sent(self._changed(key, change))

    def delete(self, key: str) -> ResponseReturnValue:
        """Remove a record."""
        self.store.change(key, lambda old: _present(key, old) and None)
        return "", HTTPStatus.NO_CONTENT

    def _patched(self, key: str, patch: Any, old: bytes) -> bytes:
        return self.resource.record(key, merge_patch(json.loads(old), patch))

    def _changed(self, key: str, change: Callable[[bytes], bytes]) -> bytes:
        made = b""

        def make(old: bytes | None) -> bytes:
            nonlocal made
            made = change(_present(key, old))
            return made

        self.store.change(key, make)
        return made


def resource_blueprint(resource: Resource, store: Store) -> Blueprint:
    """Make the routes of a resource."""
    blueprint = Blueprint(resource.name, __name__, url_prefix=f"/{resource.name}")
    blueprint.add_url_rule("", view_func=Collection.as_view(Collection.__name__, resource, store))
    blueprint.add_url_rule(f"/<{resource.id_field}>", view_func=Member.as_view(Member.__name__, resource, store))
    return blueprint


def _sent(body: bytes, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(body + b"\n", status=status, mimetype=JSON)


def _present(key: str, record: bytes | None) -> bytes:
    if record is None:
        raise RecordMissingError(key)
    return record
