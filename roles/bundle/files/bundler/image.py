"""Container images without a container engine, in the archive format of `docker save`.

Docker 20.10 and containerd both read it. Everything in it is ordered and dated alike, so that equal content gives
an equal file.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .files import sha256_of
from .recipe import architecture

# What only the making of a root file system needs: device nodes come with the runtime, apt's configuration names the
# mirror of the machine that made it.
LEFT_OUT = ("dev/", "etc/apt/", "etc/dpkg/dpkg.cfg.d/")
EPOCH = "1970-01-01T00:00:00Z"


@dataclass(frozen=True)
class Settings:
    """The part of an image that is not files."""

    reference: str
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    user: str = ""
    labels: dict[str, str] = field(default_factory=dict)


def write_program_image(
    settings: Settings, program: Path, inside: str, archive: Path, beside: Mapping[str, Path] | None = None
) -> None:
    """Write an image that holds one static program and, `beside` it, files by their paths; nothing else."""
    files = {inside: program, **(beside or {})}
    layer = archive.with_suffix(".layer")
    with tarfile.open(layer, "w", format=tarfile.PAX_FORMAT) as tar:
        for parent in sorted({parent for path in files for parent in Path(path).parents[:-1]}):
            directory = tarfile.TarInfo(str(parent).lstrip("/"))
            directory.type = tarfile.DIRTYPE
            directory.mode = 0o755
            tar.addfile(directory)
        for path, file in files.items():
            member = tarfile.TarInfo(path.lstrip("/"))
            member.mode = 0o755 if path == inside else 0o644
            member.size = file.stat().st_size
            with file.open("rb") as stream:
                tar.addfile(member, stream)
    _write_archive(settings, layer, archive)
    layer.unlink()


def write_tree_image(settings: Settings, root_filesystem: Path, archive: Path) -> None:
    """Write an image from a root file system's tar."""
    layer = archive.with_suffix(".layer")
    with (
        tarfile.open(root_filesystem) as source,
        tarfile.open(layer, "w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for member in _portable(source):
            tar.addfile(member, source.extractfile(member) if member.isreg() else None)
    _write_archive(settings, layer, archive)
    layer.unlink()


def _portable(members: Iterable[tarfile.TarInfo]) -> Iterator[tarfile.TarInfo]:
    for member in members:
        member.name = member.name.removeprefix("./").rstrip("/")
        if not member.name or member.name == "." or member.name.startswith(LEFT_OUT):
            continue
        member.mtime = 0
        member.uname = member.gname = ""
        member.pax_headers = {}
        yield member


def _write_archive(settings: Settings, layer: Path, archive: Path) -> None:
    layer_sum = sha256_of(layer)
    config = json.dumps(_config(settings, layer_sum), sort_keys=True).encode()
    write_archive(settings.reference, config, [(layer_sum, layer)], archive)


def write_archive(reference: str, config: bytes, layers: Sequence[tuple[str, Path]], archive: Path) -> None:
    """Write an image from its configuration and its layers, uncompressed tars with their sums."""
    config_name = f"{hashlib.sha256(config).hexdigest()}.json"
    names = [f"{layer_sum}/layer.tar" for layer_sum, _ in layers]
    index = [{"Config": config_name, "RepoTags": [reference], "Layers": names}]
    with tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, config_name, config)
        # An image may have the same layer twice; once is enough here.
        for name, layer in {f"{layer_sum}/layer.tar": layer for layer_sum, layer in layers}.items():
            member = tarfile.TarInfo(name)
            member.size = layer.stat().st_size
            with layer.open("rb") as stream:
                tar.addfile(member, stream)
        _add(tar, "manifest.json", json.dumps(index).encode())


def _config(settings: Settings, layer_sum: str) -> dict[str, Any]:
    return {
        "architecture": architecture(),
        "os": "linux",
        "created": EPOCH,
        "config": {
            "Entrypoint": list(settings.entrypoint),
            "Cmd": list(settings.command),
            "Env": list(settings.environment),
            "User": settings.user,
            "Labels": settings.labels,
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer_sum}"]},
        "history": [{"created": EPOCH, "created_by": "crud-lab bundle"}],
    }


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))
