"""The HTTP interface of a resource: its collection and its members."""

import json
from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, request

from .bodies import JSON, MERGE_PATCH, read_json
from .conditions import Conditions, etag_of
from .ids import is_id
from .paging import MOST_BYTES, requested_page
from .problems import Problem
from .resources import Resource
from .stores import RecordMissingError, Store


class Views:
    """What each call does. No MethodView: its ways to the method take longer than the method."""

    def __init__(self, resource: Resource, store: Store, max_body_bytes: int) -> None:
        """Keep what all of them need."""
        self.resource = resource
        self.store = store
        # What is read ends in a newline, and can be sent back.
        self.max_record_bytes = max_body_bytes - 1

    def list(self) -> Response:
        """List a page: as many records as are asked for, or as fit into MOST_BYTES."""
        page = requested_page()
        records = self.store.page(page.after, page.limit, MOST_BYTES)
        following = json.dumps(request.path + page.link_behind(records.found[-1][0])) if records.more else "null"
        parts = [record for _, record in records.found] or [b""]
        parts[0] = b'{"%s":[' % self.resource.name.encode() + parts[0]
        parts[-1] += b'],"next":%s}\n' % following.encode()
        # Joined once: a page of large records is not copied another time to be wrapped.
        return Response(b",".join(parts), content_type=JSON)

    def create(self) -> Response:
        """Create a record."""
        key, record = self.resource.created(read_json(JSON))
        self.store.add(key, self._fitting(record))
        return _created(record, f"{request.path}/{key}")

    def read(self, key: str) -> Response:
        """Read a record."""
        record = self.store.get(key)
        conditions = Conditions.of_request()
        conditions.require_match(record)
        if conditions.spares(record):
            return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag_of(record)})
        return _sent(record)

    def replace(self, key: str) -> Response:
        """Replace a record, or create it under the client's id."""
        record = self._fitting(self.resource.replaced(key, read_json(JSON)))
        conditions = Conditions.of_request()
        found: bytes | None = None

        def put(old: bytes | None) -> bytes:
            nonlocal found
            conditions.require(old)
            found = old
            return record

        self.store.change(key, put)
        return _sent(record) if found else _created(record, request.path)

    def change(self, key: str) -> Response:
        """Change some fields of a record."""
        patch = read_json(MERGE_PATCH, JSON)
        conditions = Conditions.of_request()
        record = b""

        def merge(old: bytes | None) -> bytes:
            nonlocal record
            conditions.require(_present(key, old))
            record = self._fitting(self.resource.patched(key, _present(key, old), patch))
            return record

        self.store.change(key, merge)
        return _sent(record)

    def delete(self, key: str) -> Response:
        """Remove a record."""
        conditions = Conditions.of_request()

        def remove(old: bytes | None) -> None:
            conditions.require(_present(key, old))

        self.store.change(key, remove)
        return Response(status=HTTPStatus.NO_CONTENT)

    def _fitting(self, record: bytes) -> bytes:
        """Refuse a record that patches made longer than any body, or numbers that are longer as they are written."""
        if len(record) > self.max_record_bytes:
            size = f"{len(record)} bytes, and {self.max_record_bytes} are the most"
            raise Problem(413, f"The record would be too long: {size}.")
        return record


def resource_blueprint(resource: Resource, store: Store, max_body_bytes: int) -> Blueprint:
    """Make the routes of a resource: its collection, and its members."""
    blueprint = Blueprint(resource.name, __name__, url_prefix=f"/{resource.name}")
    views, member = Views(resource, store, max_body_bytes), f"/<{resource.id_field}>"
    blueprint.add_url_rule("", view_func=views.list, methods=["GET"])
    blueprint.add_url_rule("", view_func=views.create, methods=["POST"])
    for method, view in (
        ("GET", views.read),
        ("PUT", views.replace),
        ("PATCH", views.change),
        ("DELETE", views.delete),
    ):
        blueprint.add_url_rule(member, view.__name__, _of_member(view), methods=[method])
    return blueprint


def _of_member(view: Callable[[str], Response]) -> Callable[..., Response]:
    """Give a view the id of the path as its only argument, whatever the resource calls it in its route."""

    def call(**arguments: str) -> Response:
        (key,) = arguments.values()
        if not is_id(key):
            raise RecordMissingError(key)
        return view(key)

    return call


def _sent(record: bytes) -> Response:
    return Response(record + b"\n", content_type=JSON, headers={"ETag": etag_of(record)})


def _created(record: bytes, location: str) -> Response:
    headers = {"ETag": etag_of(record), "Location": location}
    return Response(record + b"\n", status=HTTPStatus.CREATED, content_type=JSON, headers=headers)


def _present(key: str, record: bytes | None) -> bytes:
    if record is None:
        raise RecordMissingError(key)
    return record
