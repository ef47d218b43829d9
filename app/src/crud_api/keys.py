"""X-Key: who may change something. The keys are in a file, so that they rotate without a restart."""

import hashlib
import hmac
import logging
from pathlib import Path

from flask import request

from .problems import Problem
from .settings import Settings, StartError, variable

HEADER = "X-Key"
MUTATING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
SHORTEST, LONGEST = 16, 256

log = logging.getLogger(__name__)


class KeyFileError(ValueError):
    """No key can be read from the file; the sentence says why."""


class KeyRing:
    """The accepted keys, as their digests: comparing those takes the same time for every wrong key."""

    def __init__(self, file: Path) -> None:
        """Read the keys; raises KeyFileError."""
        self.file = file
        self._version = _version(file)
        self._digests = _read(file)

    def __len__(self) -> int:
        """Return how many keys are accepted."""
        return len(self._digests)

    def accepts(self, key: str) -> bool:
        """Say whether the key is one of the file's, as the file is now."""
        self._refresh()
        given = _digest(key)
        # All of them, so that the time does not tell which one it was.
        return sum(hmac.compare_digest(given, known) for known in self._digests) > 0

    def guard(self) -> None:
        """Refuse a mutating request without a valid key, before its body is read."""
        if request.method not in MUTATING:
            return
        key = request.headers.get(HEADER)
        if key is None or not self.accepts(key):
            detail = f"The header {HEADER} is missing." if key is None else f"The key in {HEADER} is not valid."
            raise Problem(401, detail, headers={"WWW-Authenticate": f'{HEADER} realm="crud-api"'})

    def _refresh(self) -> None:
        version = _version(self.file)
        if version == self._version:
            return
        try:
            self._digests = _read(self.file)
            log.info("keys read again", extra={"fields": {"keys": len(self)}})
        except KeyFileError as error:
            # Whoever removed the keys wants nobody in.
            self._digests = ()
            log.warning("no key is accepted until this is repaired: %s", error)
        self._version = version


def key_ring(settings: Settings) -> KeyRing | None:
    """Return the accepted keys, None where no key is needed; without an answer to that question nothing starts."""
    if settings.auth == "off":
        log.warning("%s=off: everyone may change records", variable("auth"))
        return None
    if settings.key_file is None:
        raise StartError(
            f"set {variable('key_file')} to a file with one key per line, or {variable('auth')}=off to go without."
        )
    try:
        return KeyRing(settings.key_file)
    except KeyFileError as error:
        raise StartError(f"{variable('key_file')}: {error}") from None


def _digest(key: str) -> bytes:
    # A header's bytes arrive as Latin-1, whatever they were.
    return hashlib.sha256(key.encode("latin-1", "replace")).digest()


def _version(file: Path) -> tuple[int, int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def _read(file: Path) -> tuple[bytes, ...]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(f"{file} cannot be read: {error}.") from None
    keys = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
    for number, key in keys:
        if not SHORTEST <= len(key) <= LONGEST or not key.isascii() or not key.isprintable() or set(key) & set(", "):
            raise KeyFileError(
                f"line {number} of {file} is no key: {SHORTEST} to {LONGEST} visible ASCII characters without a comma."
            )
    if not keys:
        raise KeyFileError(f"{file} holds no key.")
    return tuple(_digest(key) for _, key in keys)
