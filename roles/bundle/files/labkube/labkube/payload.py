"""What pack.py put into this file beside the code: programs, add-ons, and what they are."""

import json
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from labkube import paths

DESCRIPTION = "build.json"
PROGRAMS = "bin/"
ADDONS = "addons/"
HYPERKUBE = "hyperkube"
# hyperkube acts as the program it is called by.
HYPERKUBE_LINKS = (
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
    "kubectl",
    "kubelet",
)
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Payload:
    """The archive that this module was loaded from."""

    archive: Path
    kubernetes: str
    hash: str
    images: dict[str, str]

    @classmethod
    def open(cls, archive: Path | None = None) -> Self:
        """Read the description; by default of the file that is running."""
        archive = archive or Path(__file__).parent.parent
        with zipfile.ZipFile(archive) as bundle:
            description = json.loads(bundle.read(DESCRIPTION))
        return cls(archive, description["kubernetes"], description["hash"], description["images"])

    def addons(self) -> dict[str, str]:
        """The packaged manifests by file name, with their placeholders."""
        with zipfile.ZipFile(self.archive) as bundle:
            return {
                name.removeprefix(ADDONS): bundle.read(name).decode()
                for name in bundle.namelist()
                if name.startswith(ADDONS)
            }

    def unpacked(self, data: Path = paths.DATA) -> Path:
        """The directory of the programs, unpacked first if need be."""
        target = data / self.hash
        if not target.is_dir():
            self._unpack(data, target)
        return target / "bin"

    def activate(self, data: Path = paths.DATA) -> Path:
        """Make this version the current one; the one before stays, as pods started by it may still need it."""
        programs = self.unpacked(data)
        current = data / "current"
        before = current.readlink().name if current.is_symlink() else ""
        if before == self.hash:
            return programs
        link = data / ".current.new"
        link.unlink(missing_ok=True)
        link.symlink_to(self.hash)
        link.replace(current)
        for entry in data.iterdir():
            if entry.name not in (self.hash, before, current.name):
                shutil.rmtree(entry)
        return programs

    def _unpack(self, data: Path, target: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        # Renamed when complete, so that an interrupted start leaves nothing that looks whole.
        scratch = Path(tempfile.mkdtemp(prefix=".unpack-", dir=data))
        try:
            programs = scratch / "bin"
            programs.mkdir()
            with zipfile.ZipFile(self.archive) as bundle:
                for name in bundle.namelist():
                    if name.startswith(PROGRAMS):
                        program = programs / name.removeprefix(PROGRAMS)
                        with bundle.open(name) as source, program.open("wb") as sink:
                            shutil.copyfileobj(source, sink, _CHUNK)
                        program.chmod(0o755)
            for link in HYPERKUBE_LINKS:
                (programs / link).symlink_to(HYPERKUBE)
            scratch.chmod(0o755)
            scratch.rename(target)
        except OSError:
            shutil.rmtree(scratch, ignore_errors=True)
            if not target.is_dir():  # else another process was faster
                raise
