"""The note that an instance is this lab's. Multipass has no labels, and a name alone may be anybody's.

It is written before the launch, after a look that found the name free, so that a kill at any moment leaves either no
instance or one that the next run knows as its own.
"""

from __future__ import annotations

import json
from pathlib import Path


class Claim:
    """A file in the lab's state directory."""

    def __init__(self, path: Path, name: str) -> None:
        """Take the file, and the name of the instance that it must be about."""
        self._path = path
        self._name = name

    @property
    def held(self) -> bool:
        """Whether this lab made, or began to make, the instance."""
        return self._read().get("name") == self._name

    @property
    def launched(self) -> bool:
        """Whether the instance was seen after its launch."""
        return self.held and bool(self._read().get("launched"))

    def write(self, *, launched: bool) -> None:
        """Claim the name; a kill leaves the old note or the new one."""
        temporary = self._path.with_name(f".{self._path.name}.new")
        temporary.write_text(json.dumps({"name": self._name, "launched": launched}) + "\n", encoding="utf-8")
        temporary.chmod(0o600)
        temporary.replace(self._path)

    def release(self) -> None:
        """Give the name up."""
        self._path.unlink(missing_ok=True)

    def _read(self) -> dict[str, object]:
        try:
            note = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return note if isinstance(note, dict) else {}
