"""Packages that only a node's own distribution can resolve: its apt fetches them, the bundle keeps them."""

import shlex
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

from .debian import DOCKER, DOCKER_PARTS, NODE, index_of, repository_product
from .errors import BundleError
from .files import sha256_of
from .recipe import Context, Product, Recipe, Tools

SCRIPT = NODE / "download-debs.sh"
STATUS = "/var/lib/dpkg/status"
PREFIX = "debs-"


def from_a_node(name: str) -> bool:
    """Tell whether an artefact is of this kind, which no source can make again without a node."""
    return name.startswith(PREFIX)


def node_recipe(platform: str, ssh: Sequence[str]) -> Recipe:
    """Fetch Docker Engine for nodes of a platform, such as ubuntu-24.04-amd64, by one that answers the ssh command."""

    def build(context: Context, work: Path) -> Product:
        archive = work / "debs.tar"
        remote = shlex.join(["sh", "-s", "--", STATUS, "-", DOCKER, *DOCKER_PARTS])
        with SCRIPT.open("rb") as script, archive.open("wb") as target, context.log.open("ab") as log:
            done = subprocess.run([*ssh, remote], stdin=script, stdout=target, stderr=log, check=False)
        if done.returncode:
            raise BundleError(
                f"The bundle has no Docker Engine for {platform}, and the node's own apt can't fetch it"
                f" ({_last_words(context.log)}; all of it is in {context.log}): run the same command when the node has"
                f" a network, or copy a bundle here that has debs/{platform}."
            )
        repository = work / "debs"
        _unpack(archive, repository)
        source = f"{platform}'s own apt on a node, {len(index_of(repository))} packages by its signed indexes"
        return repository_product(repository, f"debs/{platform}", source, "packages' sums in the signed indexes of apt")

    return Recipe(
        name=f"{PREFIX}{platform}",
        kind="debs",
        usual_seconds=30,
        build=build,
        sources=(SCRIPT,),
        parameters=(DOCKER, *DOCKER_PARTS),
        tools=Tools.PYTHON,
    )


def recipe_of(name: str) -> Recipe:
    """Give the recipe of an artefact of this kind, to compare it with; only a node can carry it out."""
    return node_recipe(name.removeprefix(PREFIX), ())


def _unpack(archive: Path, repository: Path) -> None:
    """Unpack what the node sent, which is whole if its index says so."""
    try:
        repository.mkdir()
        with tarfile.open(archive) as tar:
            # By their bare names, so that none lands elsewhere; extractall's filters are not in Debian's Python 3.11.2.
            for member in filter(tarfile.TarInfo.isreg, tar):
                content = cast(BinaryIO, tar.extractfile(member))
                with (repository / Path(member.name).name).open("wb") as target:
                    shutil.copyfileobj(content, target)
        whole = all(
            sha256_of(repository / package["Filename"]) == package["SHA256"] for package in index_of(repository)
        )
    except (tarfile.TarError, OSError, KeyError):
        whole = False
    if not whole:
        raise BundleError("The packages did not arrive whole from the node: run the same command again.")


def _last_words(log: Path) -> str:
    """Give apt's last error, or whatever was said last."""
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    said = [line.strip() for line in lines if line.strip()] or ["it said nothing"]
    return ([line for line in said if line.startswith("E:")] or said)[-1]
