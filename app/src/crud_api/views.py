"""The HTTP interface of a resource: its collection and its members."""

import json
from http import HTTPStatus

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask.views import MethodView

from .bodies import JSON, MERGE_PATCH, read_json
from .conditions import Conditions, etag_of
from .ids import is_id
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
        return Response(
            b'{"%s":[%s],"next":%s}\n' % (self.resource.name.encode(), records, following.encode()), content_type=JSON
        )

    def post(self) -> ResponseReturnValue:
        """Create a record."""
        key, record = self.resource.created(read_json(JSON))
        self.store.add(key, record)
        return _created(record, f"{request.path}/{key}")


class Member(ResourceView):
    """/items/<item_id>."""

    def dispatch_request(self, **arguments: str) -> ResponseReturnValue:
        """Call the method with the id as `key`, whatever the resource calls it in its route."""
        (key,) = arguments.values()
        if not is_id(key):
            raise RecordMissingError(key)
        return super().dispatch_request(key=key)

    def get(self, key: str) -> ResponseReturnValue:
        """Read a record."""
        record = self.store.get(key)
        conditions = Conditions.of_request()
        conditions.require_match(record)
        if conditions.spares(record):
            return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag_of(record)})
        return _sent(record)

    def put(self, key: str) -> ResponseReturnValue:
        """Replace a record, or create it under the client's id."""
        record = self.resource.replaced(key, read_json(JSON))
        conditions = Conditions.of_request()
        found: bytes | None = None

        def replace(old: bytes | None) -> bytes:
            nonlocal found
            conditions.require(old)
            found = old
            return record

        self.store.change(key, replace)
        return _sent(record) if found else _created(record, request.path)

    def patch(self, key: str) -> ResponseReturnValue:
        """Change some fields of a record."""
        patch = read_json(MERGE_PATCH, JSON)
        conditions = Conditions.of_request()
        record = b""

        def change(old: bytes | None) -> bytes:
            nonlocal record
            conditions.require(_present(key, old))
            record = self.resource.patched(key, _present(key, old), patch)
            return record

        self.store.change(key, change)
        return _sent(record)

    def delete(self, key: str) -> ResponseReturnValue:
        """Remove a record."""
        conditions = Conditions.of_request()

        def remove(old: bytes | None) -> None:
            conditions.require(_present(key, old))

        self.store.change(key, remove)
        return "", HTTPStatus.NO_CONTENT


def resource_blueprint(resource: Resource, store: Store) -> Blueprint:
    """Make the routes of a resource."""
    blueprint = Blueprint(resource.name, __name__, url_prefix=f"/{resource.name}")
    blueprint.add_url_rule("", view_func=Collection.as_view(Collection.__name__, resource, store))
    blueprint.add_url_rule(f"/<{resource.id_field}>", view_func=Member.as_view(Member.__name__, resource, store))
    return blueprint


def _sent(record: bytes) -> Response:
    return Response(record + b"\n", content_type=JSON, headers={"ETag": etag_of(record)})


def _created(record: bytes, location: str) -> Response:
    headers = {"ETag": etag_of(record), "Location": location}
    return Response(record + b"\n", status=HTTPStatus.CREATED, content_type=JSON, headers=headers)


def _present(key: str, record: bytes | None) -> bytes:
    if record is None:
        raise RecordMissingError(key)
    return record
