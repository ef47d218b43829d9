"""The build context of the app's image: what is in it, its hash, and one archive that is equal for equal content."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crud_lab.errors import LabError

DOCKERFILE = "Dockerfile"
IGNORE_FILE = ".dockerignore"
WHEELS = "wheels"
GENERATED = "__pycache__"
MEND_BUNDLE = "run ansible-playbook site.yml --tags bundle"


@dataclass(frozen=True, order=True)
class Entry:
    """One file of the context: its name in it, whether it is a program, its sum, and where it is."""

    name: str
    program: bool
    sha256: str
    path: Path

    @property
    def mode(self) -> int:
        """Its mode in the context; a umask of the controller has no say."""
        return 0o755 if self.program else 0o644

    def content(self) -> bytes:
        """Read it, and make sure that it is what went into the hash."""
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise LabError(f"{self.path} can't be read ({error.strerror}): {MEND_BUNDLE}") from error
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise LabError(f"{self.path} has the SHA-256 {found} instead of {self.sha256}: {MEND_BUNDLE}")
        return content


@dataclass(frozen=True)
class BuildContext:
    """The files of the context and the image they are built on."""

    entries: tuple[Entry, ...]
    base: Mapping[str, Any]

    @classmethod
    def collect(cls, directory: Path, manifest: Mapping[str, Any], bundle: Path) -> BuildContext:
        """Take the app's files as they are, wheels and base as the bundle's manifest has them."""
        wheels = _artefact(manifest, "wheels")["files"]
        base = _artefact(manifest, "python")
        entries = [_entry(directory, path) for path in _files(directory)]
        for wheel in wheels:
            path = Path(wheel["path"])
            entries.append(Entry(f"{WHEELS}/{path.name}", program=False, sha256=wheel["sha256"], path=bundle / path))
        return cls(tuple(sorted(entries)), {"reference": base["reference"], **base["files"][0]})

    @property
    def content_hash(self) -> str:
        """The sum of all that the image follows from."""
        files = [[entry.name, entry.mode, entry.sha256] for entry in self.entries]
        return hashlib.sha256(json.dumps({"files": files, "base": self.base["sha256"]}).encode()).hexdigest()

    def write(self, archive: Path) -> None:
        """Write the archive; a kill leaves none or a whole one."""
        archive.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = archive.with_name(f".{archive.name}")
        with unfinished.open("wb") as raw, gzip.GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0) as stream:
            self._write_tar(stream)
        unfinished.replace(archive)

    def _write_tar(self, stream: gzip.GzipFile) -> None:
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for entry in self.entries:
                content = entry.content()
                member = tarfile.TarInfo(entry.name)
                member.size = len(content)
                member.mode = entry.mode
                tar.addfile(member, io.BytesIO(content))


def _artefact(manifest: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    try:
        artefact: Mapping[str, Any] = manifest["artefacts"][name]
    except KeyError:
        raise LabError(f"The bundle has no {name}: {MEND_BUNDLE}") from None
    return artefact


def _entry(directory: Path, path: Path) -> Entry:
    name = path.relative_to(directory).as_posix()
    if path.is_symlink() or not path.is_file():
        raise LabError(f"{path} is no regular file, which the image's build context needs: replace it by one.")
    return Entry(name, os.access(path, os.X_OK), hashlib.sha256(path.read_bytes()).hexdigest(), path)


def _files(directory: Path) -> Iterator[Path]:
    """Give the Dockerfile and what .dockerignore lets through, but for the wheels, which come from the bundle."""
    try:
        lines = (directory / IGNORE_FILE).read_text(encoding="utf-8").split()
    except OSError as error:
        raise LabError(f"{directory / IGNORE_FILE} can't be read ({error.strerror}): restore it.") from error
    names = {line.removeprefix("!") for line in lines if line.startswith("!")} - {WHEELS}
    for name in {DOCKERFILE} | names:
        path = directory / name
        if not path.is_dir():
            yield path
            continue
        yield from (found for found in path.rglob("*") if GENERATED not in found.parts and not found.is_dir())
