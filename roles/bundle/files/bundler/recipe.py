"""What a recipe is: how one artefact is made, and from what."""

import hashlib
import json
import os
import platform
import shlex
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from .errors import BundleError
from .files import sha256_of, tree
from .store import Store

ROLE_FILES = Path(__file__).resolve().parent.parent
REPOSITORY = ROLE_FILES.parents[2]


def architecture() -> str:
    """Return this machine's architecture by Go's and Debian's name for it.

    Raises:
        BundleError: the lab has no name for it.
    """
    machine = platform.machine()
    try:
        return {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}[machine]
    except KeyError:
        raise BundleError(f"Architecture {machine} is not supported: use an x86_64 or aarch64 machine.") from None


class Tools(Enum):
    """What making an artefact calls on the controller."""

    PYTHON = "nothing besides Python"
    DEBIAN = "mmdebstrap and apt"
    GO = "Go"
    COMPILERS = "Go and a C compiler"


@dataclass(frozen=True)
class Context:
    """What a recipe works with: both stores, the cache directory and the log of the recipe at work."""

    bundle: Store
    programs: Store
    cache: Path
    log: Path

    def run(self, argv: Sequence[str | Path], *, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
        """Run a program with its output in the log.

        Raises:
            BundleError: it is not installed or did not exit with 0; the end of its output is in the sentence.
        """
        words = [str(word) for word in argv]
        with self.log.open("a", encoding="utf-8") as log:
            print("+", shlex.join(words), file=log, flush=True)
            try:
                done = subprocess.run(
                    words,
                    cwd=cwd,
                    env={**os.environ, **(env or {})},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    check=False,
                )
            except FileNotFoundError as error:
                raise BundleError(f"{words[0]} is not installed: run make setup.") from error
        if done.returncode != 0:
            end = "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
            raise BundleError(f"{words[0]} ended with {done.returncode}; the whole output is in {self.log}:\n{end}")


@dataclass(frozen=True)
class Product:
    """What a recipe made: `files` maps paths in the store to finished files in the work directory."""

    version: str
    source: str
    checksum: str
    files: dict[str, Path]
    reference: str = ""


@dataclass(frozen=True)
class Recipe:
    """How one artefact is made.

    `usual_seconds` is what the build took cold on two cores; `parameters` and the content of `sources` decide, with
    the inputs of `needs`, whether it must be made again. Programs stay in the cache, all else goes to the bundle.
    `how` says in the step's label what will be done.
    """

    name: str
    kind: str
    usual_seconds: int
    build: Callable[[Context, Path], Product]
    sources: tuple[Path, ...] = ()
    parameters: tuple[str, ...] = ()
    needs: tuple["Recipe", ...] = field(default=())
    tools: Tools = Tools.COMPILERS
    how: str = "to be built"

    @property
    def in_bundle(self) -> bool:
        """Tell whether the artefact is part of the bundle or only a step towards it."""
        return self.kind != "program"

    def inputs(self) -> str:
        """Return the hash of everything that the artefact is made from."""
        made_from = {
            "name": self.name,
            "architecture": architecture(),
            "parameters": self.parameters,
            "sources": [
                [str(path.relative_to(REPOSITORY)), sha256_of(path)] for root in self.sources for path in tree(root)
            ],
            "needs": [needed.inputs() for needed in self.needs],
        }
        return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()
