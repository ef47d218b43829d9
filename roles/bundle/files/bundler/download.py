"""Files over HTTP that survive a bad network and a kill: what arrived stays, and the next attempt goes on from it."""

import http.client
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .errors import BundleError
from .files import sha256_of
from .transport import ChallengeError, Patience, TemporaryError, open_url, printable

CHUNK = 1 << 18
PARTIAL_CONTENT = 206
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Wanted:
    """A file as its lock describes it.

    `size` is None where nobody publishes it. `authorize` turns a server's challenge into an Authorization.
    """

    name: str
    url: str
    sha256: str
    size: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    authorize: Callable[[str], str] | None = None


# Below the bundle, so that a finished file need not be copied.
PARTIAL = ".partial"


class Fetcher:
    """Fetches into one directory, where a file has the name of its sum until whoever asked for it takes it away.

    Beside a part lies the validator of the server's file (its ETag or date): only a part of the very same file is
    gone on from.
    """

    def __init__(
        self,
        directory: Path,
        tell: Callable[[str], None],
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`tell` takes one line at each tenth of a file and at each failure."""
        self._directory = directory
        self._tell = tell
        self._patience = patience or Patience()
        self._sleep = sleep

    def fetch(self, wanted: Wanted) -> Path:
        """Return the file, whole and verified.

        Raises:
            BundleError: it can't be had, or what came has another sum; then nothing of it is kept.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        part = self._directory / wanted.sha256
        # A run that was killed between the last byte and the manifest left it whole.
        if not part.exists() or sha256_of(part) != wanted.sha256:
            try:
                self._receive_whole(wanted, part)
            except OSError as error:
                raise BundleError(
                    f"{part} can't be written ({error.strerror}): make room or mend it, then go on."
                ) from error
        found = sha256_of(part)
        _validator(part).unlink(missing_ok=True)
        if found != wanted.sha256:
            part.unlink()
            raise BundleError(
                f"{printable(wanted.url)} has the sha256 {found} instead of {wanted.sha256}; nothing was kept."
                " A proxy or a mirror may have sent something else: try another network, or bundle_mirror_url."
            )
        return part

    def _receive_whole(self, wanted: Wanted, part: Path) -> None:
        failures = furthest = 0
        while True:
            try:
                return self._receive(wanted, part)
            except TemporaryError as error:
                if error.anew:
                    part.unlink(missing_ok=True)
                have = part.stat().st_size if part.exists() else 0
                failures = 1 if have > furthest else failures + 1
                furthest = max(furthest, have)
                self._wait(wanted, error, failures)

    def _wait(self, wanted: Wanted, error: TemporaryError, failures: int) -> None:
        patience = self._patience
        if failures >= patience.attempts:
            raise BundleError(
                f"{error}, at attempt {failures} without a byte gained: run the same command again to go on."
            ) from error
        wait = min(patience.first_wait * 2 ** (failures - 1), patience.longest_wait)
        if error.wait is not None and error.wait > patience.longest_wait:
            raise BundleError(f"{error} and asks to wait {error.wait:.0f} s: run the same command then.") from error
        wait = wait if error.wait is None else error.wait
        self._tell(f"{wanted.name}: {error}; again in {wait:.0f} s")
        self._sleep(wait)

    def _receive(self, wanted: Wanted, part: Path) -> None:
        """Bring a part up to what the server has."""
        have, headers = _resumption(part)
        with self._open(wanted, {**wanted.headers, **headers}) as reply:
            resumed = reply.status == PARTIAL_CONTENT
            if resumed and not (reply.headers.get("Content-Range") or "").startswith(f"bytes {have}-"):
                raise TemporaryError(f"{printable(wanted.url)} sends another range than asked for", anew=True)
            if not resumed:
                have = 0
                # In this order: a kill in between leaves no part with the validator of another.
                _validator(part).unlink(missing_ok=True)
                part.write_bytes(b"")
                _validator(part).write_text(_strong_validator(reply), encoding="latin-1")
            self._copy(wanted, reply, part, have)

    def _open(self, wanted: Wanted, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        try:
            return open_url(wanted.url, self._patience.stall, headers)
        except ChallengeError as error:
            if wanted.authorize is None:
                raise BundleError(f"{printable(wanted.url)} wants a login, which releases don't need.") from error
            authorization = wanted.authorize(error.challenge)
        try:
            return open_url(wanted.url, self._patience.stall, headers, authorization)
        except ChallengeError as error:
            raise BundleError(f"{printable(wanted.url)} can't be read without a login.") from error

    def _copy(self, wanted: Wanted, reply: http.client.HTTPResponse, part: Path, have: int) -> None:
        length = reply.headers.get("Content-Length")
        total = have + int(length) if length else None
        tenths = 10 * have // total if total else 0
        with part.open("ab") as stream:
            while chunk := _read(wanted, reply):
                stream.write(chunk)
                have += len(chunk)
                if wanted.size is not None and have > wanted.size:
                    return  # its sum can't be right
                if total and 10 * have // total > tenths:
                    tenths = 10 * have // total
                    self._tell(f"{wanted.name}: {have / MEGABYTE:.1f} of {total / MEGABYTE:.1f} MB")
        if total is not None and have < total:
            raise TemporaryError(f"{printable(wanted.url)} ended after {have} of {total} bytes")


def _read(wanted: Wanted, reply: http.client.HTTPResponse) -> bytes:
    try:
        # Not read(): what arrived before a stall would be lost with it.
        return reply.read1(CHUNK)
    except TimeoutError as error:
        raise TemporaryError(f"{printable(wanted.url)} stopped sending") from error
    except (OSError, http.client.HTTPException) as error:
        raise TemporaryError(f"{printable(wanted.url)} broke off ({type(error).__name__})") from error


def _validator(part: Path) -> Path:
    return part.with_name(f"{part.name}.validator")


def _resumption(part: Path) -> tuple[int, dict[str, str]]:
    """Return the bytes that are there and the headers that ask for the rest; none where the file may have changed."""
    if not part.exists() or not _validator(part).exists():
        return 0, {}
    have, validator = part.stat().st_size, _validator(part).read_text(encoding="latin-1")
    return (have, {"Range": f"bytes={have}-", "If-Range": validator}) if have and validator else (0, {})


def _strong_validator(reply: http.client.HTTPResponse) -> str:
    """Return what If-Range may carry: an ETag that stands for the very bytes, else the date, else nothing."""
    etag = reply.headers.get("ETag") or ""
    return etag if re.fullmatch(r'"[^"]*"', etag) else reply.headers.get("Last-Modified") or ""
