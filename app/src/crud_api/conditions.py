"""Conditional requests (RFC 9110, section 13): nobody overwrites what they have not seen, or fetches it twice."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from flask import request

from .problems import Problem


def etag_of(record: bytes) -> str:
    """Return a record's strong entity tag, which its bytes alone decide: equal on every replica, after any restart."""
    return f'"{sha256(record).hexdigest()[:32]}"'


@dataclass(frozen=True)
class Conditions:
    """What a request says about the record that it expects; where a header is no list of tags, it names none."""

    if_match: str | None
    if_none_match: str | None

    @classmethod
    def of_request(cls) -> Self:
        """Read them from the request that is under way."""
        environ = request.environ
        return cls(environ.get("HTTP_IF_MATCH"), environ.get("HTTP_IF_NONE_MATCH"))

    def require_match(self, record: bytes | None) -> None:
        """Raise 412 if the record is another than If-Match names; a weak tag names none."""
        if self.if_match is not None and not _names(self.if_match, record):
            raise Problem(412, "The record is not the one that If-Match names; read it again.")

    def require(self, record: bytes | None) -> None:
        """Raise 412 unless the record, None where there is none, is as a change expects it."""
        self.require_match(record)
        if self.spares(record):
            raise Problem(412, "The record is one that If-None-Match excludes.")

    def spares(self, record: bytes | None) -> bool:
        """Say whether If-None-Match names the record; here, a weak tag is as good as a strong one."""
        return self.if_none_match is not None and _names(self.if_none_match, record, ignored="W/")


def _names(header: str, record: bytes | None, ignored: str = "") -> bool:
    if record is None:
        return False
    # A comma within a tag cuts it into pieces that are none of ours.
    tags = [tag.strip().removeprefix(ignored) for tag in header.split(",")]
    return tags == ["*"] or etag_of(record) in tags
