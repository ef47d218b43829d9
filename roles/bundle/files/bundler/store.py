"""A directory of artefacts with a manifest of what is in it: the bundle, and the cache of compiled programs."""

import fcntl
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .confined import trespass
from .errors import BundleError
from .files import settle, sha256_of, sha256_of_all, write_atomically

SCHEMA = 1


@dataclass(frozen=True)
class StoredFile:
    """One file of an artefact; `path` is relative to the store, `size` in bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Artefact:
    """What the manifest says of one artefact.

    `source` names where it came from, `checksum` what that place publishes for it, `reference` the name of a
    container image ("" for all else), `inputs` the hash of everything the artefact was made from, `seconds` the
    time its making took.
    """

    kind: str
    version: str
    source: str
    checksum: str
    inputs: str
    seconds: float
    reference: str = ""
    files: list[StoredFile] = field(default_factory=list)


class Store:
    """Artefacts below one directory. A file counts only once the manifest names it."""

    def __init__(self, root: Path, header: dict[str, str]) -> None:
        """Use `root`, which need not exist yet; `header` goes to the top of its manifest."""
        self.root = root
        self.manifest_path = root / "manifest.json"
        self._header = header

    def artefacts(self) -> dict[str, Artefact]:
        """Read the manifest; an absent one is an empty store.

        Raises:
            BundleError: the manifest is not one that this version wrote, or it names a file outside of the store.
        """
        document = self._document()
        if document is None:
            return {}
        try:
            if document["schema"] != SCHEMA:
                raise BundleError(self._unreadable(f"schema {document['schema']} instead of {SCHEMA}"))
            artefacts = {name: _artefact(entry) for name, entry in document["artefacts"].items()}
            sentence = trespass(self.root, (stored.path for entry in artefacts.values() for stored in entry.files))
        except (KeyError, TypeError, AttributeError) as error:
            raise BundleError(self._unreadable(f"{type(error).__name__}: {error}")) from error
        if sentence:
            raise BundleError(sentence)
        return artefacts

    def filled_by(self) -> str:
        """Return the source that filled it; "" where nothing did."""
        return str((self._document() or {}).get("source", "")) if self.artefacts() else ""

    def _document(self) -> Any:
        try:
            return json.loads(self.manifest_path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (ValueError, OSError) as error:
            raise BundleError(self._unreadable(str(error))) from error

    def _unreadable(self, reason: str) -> str:
        return f"{self.manifest_path} can't be read ({reason}): delete it, and the next run rebuilds what it named."

    def complete(self, artefact: Artefact) -> bool:
        """Tell whether every file of an artefact is there with its recorded size."""
        return all(
            (self.root / stored.path).is_file() and (self.root / stored.path).stat().st_size == stored.size
            for stored in artefact.files
        )

    def damaged(self, names: Iterable[str]) -> list[str]:
        """Hash the files of the named artefacts and return a sentence for each that is there and differs."""
        wanted = set(names)
        recorded = {
            self.root / stored.path: (name, stored)
            for name, artefact in self.artefacts().items()
            if name in wanted
            for stored in artefact.files
        }
        sums = sha256_of_all(path for path in recorded if path.is_file())
        return [
            f"{path} ({name}) is damaged: manifest.json says sha256 {recorded[path][1].sha256}, the file has {found}."
            f" Delete the file; the next run makes it again."
            for path, found in sums.items()
            for name in (recorded[path][0],)
            if found != recorded[path][1].sha256
        ]

    def record(self, name: str, artefact: Artefact, made: dict[str, Path]) -> Artefact:
        """Move finished files into place, then name them in the manifest, in this order.

        `made` maps paths in the store to finished files on the same file system. Files of an earlier version that
        the new one does not have are removed last.
        """
        if sentence := trespass(self.root, made):
            raise BundleError(sentence)
        files = []
        for relative, finished in sorted(made.items()):
            target = self.root / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            finished.chmod(0o755 if finished.stat().st_mode & 0o100 else 0o644)
            settle(finished)
            files.append(StoredFile(relative, sha256_of(finished), finished.stat().st_size))
            finished.replace(target)
        recorded = Artefact(**{**asdict(artefact), "files": files})
        everything = self.artefacts()
        before = everything.get(name)
        everything[name] = recorded
        self._write(everything)
        if before:
            self._remove([before], everything)
        return recorded

    def forget(self, names: Iterable[str]) -> None:
        """Take artefacts out of the manifest, then remove their files."""
        everything = self.artefacts()
        gone = [everything.pop(name) for name in names if name in everything]
        if gone:
            self._write(everything)
            self._remove(gone, everything)

    def _remove(self, gone: Iterable[Artefact], everything: dict[str, Artefact]) -> None:
        kept = {stored.path for entry in everything.values() for stored in entry.files}
        for stored in (stored for artefact in gone for stored in artefact.files):
            if stored.path not in kept:
                (self.root / stored.path).unlink(missing_ok=True)

    def _write(self, artefacts: dict[str, Artefact]) -> None:
        document = {
            "schema": SCHEMA,
            **self._header,
            "artefacts": {name: _entry(artefacts[name]) for name in sorted(artefacts)},
        }
        write_atomically(self.manifest_path, json.dumps(document, indent=2) + "\n")

    @contextmanager
    def workshop(self) -> Iterator[Path]:
        """Hold the store for writing and yield an empty directory on its file system.

        Blocks while another process holds it: a build that outlived its killed Ansible run is waited for, not
        repeated. Whatever a killed build left behind goes.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        work = self.root / ".work"
        with (self.root / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            try:
                yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)


def _entry(artefact: Artefact) -> dict[str, Any]:
    entry = asdict(artefact)
    entry["from"] = entry.pop("source")
    return entry


def _artefact(entry: dict[str, Any]) -> Artefact:
    values = dict(entry)
    values["source"] = values.pop("from")
    values["files"] = [StoredFile(**stored) for stored in values["files"]]
    return Artefact(**values)
