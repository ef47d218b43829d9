"""Imports the image archives of agent/images: only what is new or changed since the last import."""

import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from labkube import paths
from labkube.files import read_record, write_json
from labkube.notify import log
from labkube.supervise import DIE_WITH_PARENT

_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.zst")
# One archive is read and hashed while another is unpacked.
_PARALLEL = 2


def fingerprint(archive: Path) -> list[str | int]:
    """Changes when the archive, or what a link leads to, changes."""
    target = archive.resolve()
    facts = target.stat()
    return [str(target), facts.st_size, facts.st_mtime_ns]


def pending(directory: Path, imported: Mapping[str, object], first: Sequence[str]) -> list[Path]:
    """The archives to import, in the order to do it: those named in `first` come first, in that order."""
    archives = [
        entry
        for entry in sorted(directory.iterdir())
        if entry.name.endswith(_SUFFIXES) and entry.is_file() and imported.get(entry.name) != fingerprint(entry)
    ]
    return sorted(archives, key=lambda entry: [*first, _name(entry)].index(_name(entry)))


def _name(archive: Path) -> str:
    return archive.name.partition(".")[0]


class Importer:
    """Imports beside the start of the API server. `error` says why the first pods can't start."""

    def __init__(self, ctr: Path, first: Sequence[str]) -> None:
        """`ctr` is the program that does it; `first` names the archives that the first pods need."""
        paths.IMAGES.mkdir(parents=True, exist_ok=True)
        self.error = ""
        self._ctr = ctr
        self._record = read_record(paths.IMPORTED)
        archives = pending(paths.IMAGES, self._record, first)
        self._pending = deque(archives)
        self._first = {archive for archive in archives if _name(archive) in first}
        self._lock = threading.Lock()
        self._workers = [threading.Thread(target=self._work, daemon=True) for _ in range(_PARALLEL)]

    def start(self) -> None:
        """Begin."""
        for worker in self._workers:
            worker.start()

    def first_done(self) -> bool:
        """Whether the first pods can start."""
        return not self._first or self.done()

    def done(self) -> bool:
        """Whether nothing is being imported any more."""
        return not any(worker.is_alive() for worker in self._workers)

    def _work(self) -> None:
        while not self.error:
            try:
                archive = self._pending.popleft()
            except IndexError:
                return
            try:
                self._import(archive)
            except (OSError, RuntimeError) as error:
                log(f"not imported: {error}")
                # A broken archive of the user's own harms nothing else.
                if archive in self._first:
                    self.error = str(error)

    def _import(self, archive: Path) -> None:
        start = time.monotonic()
        found = fingerprint(archive)
        argv = [*DIE_WITH_PARENT, str(self._ctr), f"--address={paths.CONTAINERD_SOCKET}", "--namespace=k8s.io"]
        # Pinned: the kubelet never removes what can't be fetched again.
        argv += ["images", "import", "--local", "--label=io.cri-containerd.pinned=pinned", str(archive)]
        result = subprocess.run(argv, capture_output=True, text=True, check=False)
        if result.returncode:
            raise RuntimeError(f"{archive}: {result.stderr.strip()}")
        with self._lock:
            self._record[archive.name] = found
            write_json(paths.IMPORTED, self._record)
            self._first.discard(archive)
        log(f"imported {archive.name} in {time.monotonic() - start:.1f} s")
