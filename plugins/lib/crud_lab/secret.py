"""A secret that is made once and kept in a file that only its owner can read."""

from __future__ import annotations

import re
import secrets
import string
from pathlib import Path

from crud_lab.errors import LabError
from crud_lab.files import write_private

CHARACTERS = string.ascii_letters + string.digits
# What may stand in an HTTP header and in a list of keys.
FIT = re.compile(r"[!-+\--~]{16,256}")


class Secret:
    """The secret in a file; people may put their own there."""

    def __init__(self, path: Path) -> None:
        """Take the file, which need not exist yet."""
        self.path = path

    def ensure(self, length: int, *, dry_run: bool) -> bool:
        """Make the secret where there is none, private where it was not, and tell whether anything was amiss."""
        if self.path.exists():
            self.read()
            public = bool(self.path.stat().st_mode & 0o077)
            if public and not dry_run:
                self.path.chmod(0o600)
            return public
        if not dry_run:
            self._write(self.path, "".join(secrets.choice(CHARACTERS) for _ in range(length)))
        return True

    def ensure_header(self, name: str, *, dry_run: bool) -> bool:
        """Keep the secret as a header for curl -H @FILE too, and tell whether that file changed."""
        path = self.path.with_name(f"{self.path.name}.header")
        if not self.path.exists():  # a dry run has made none
            return True
        header = f"{name}: {self.read()}"
        if path.exists() and path.read_text(encoding="utf-8") == f"{header}\n":
            return False
        if not dry_run:
            self._write(path, header)
        return True

    def read(self) -> str:
        """Give the secret."""
        secret = self.path.read_text(encoding="utf-8").strip()
        if not FIT.fullmatch(secret):
            raise LabError(
                f"{self.path} must hold one line of 16 to 256 visible ASCII characters without a comma: "
                "correct it, or delete it to get a new one."
            )
        return secret

    def _write(self, path: Path, line: str) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, f"{line}\n")
