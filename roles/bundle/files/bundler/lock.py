"""releases.toml: which official files and images the source `releases` fetches, and their published sums."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .recipe import ROLE_FILES

LOCK = ROLE_FILES / "releases.toml"


@dataclass(frozen=True)
class Release:
    """One file of a release for one platform; `url` is below its site's address, `target` below the bundle."""

    name: str
    kind: str
    version: str
    site: str
    url: str
    sha256: str
    target: str
    size: int | None = None


@dataclass(frozen=True)
class Image:
    """A container image; `digest` is that of the index of all its platforms."""

    name: str
    version: str
    registry: str
    repository: str
    digest: str


@dataclass(frozen=True)
class Lock:
    """What is pinned for one machine."""

    files: tuple[Release, ...]
    images: tuple[Image, ...]

    @classmethod
    def read(cls, system: str, architecture: str, path: Path = LOCK) -> "Lock":
        """Take what fits the node's architecture, or the controller's system and architecture."""
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        platforms = (architecture, f"{system}-{architecture}")
        files = (
            _release(entry, entry[platform])
            for entry in document["file"]
            for platform in platforms
            if platform in entry
        )
        return cls(tuple(files), tuple(Image(**entry) for entry in document["image"]))


def _release(entry: dict[str, Any], platform: dict[str, Any]) -> Release:
    shared = {key: value for key, value in entry.items() if not isinstance(value, dict)}
    return Release(**shared, **platform)
