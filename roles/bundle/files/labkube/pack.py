#!/usr/bin/env python3
"""Packs labkube: one executable file of the supervisor, the add-ons' manifests and the native programs.

The same inputs give the same bytes.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
# -I: run as root, so nobody's PYTHONPATH or current directory chooses the code.
SHEBANG = b"#!/usr/bin/env -S python3 -I\n"
PROGRAMS = (
    "hyperkube",
    "kine",
    "containerd",
    "containerd-shim-runc-v2",
    "ctr",
    "runc",
    "ptp",
    "host-local",
    "portmap",
    "loopback",
)
_PLACEHOLDER = re.compile(r"%\{IMAGE_(\w+)\}%")
_CHUNK = 1 << 20
_HASH_DIGITS = 16


class PackError(RuntimeError):
    """The inputs can't be packed; the message says what is missing."""


def needed_images(manifests: Mapping[str, bytes]) -> set[str]:
    """The images that the node and its add-ons run, by name."""
    found = {match for text in manifests.values() for match in _PLACEHOLDER.findall(text.decode())}
    return {"pause"} | {name.lower().replace("_", "-") for name in found}


def kubernetes_version(hyperkube: Path) -> str:
    """What the program itself reports."""
    result = subprocess.run([hyperkube, "kubelet", "--version"], capture_output=True, text=True, check=True)
    return result.stdout.split()[-1]


def _digest(parts: Mapping[str, Path | bytes]) -> str:
    total = hashlib.sha256()
    for name, part in sorted(parts.items()):
        if isinstance(part, bytes):
            digest = hashlib.sha256(part)
        else:
            with part.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256")
        total.update(f"{name} {digest.hexdigest()}\n".encode())
    return total.hexdigest()[:_HASH_DIGITS]


def _entry(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # its date is fixed: 1980
    entry.external_attr = mode << 16
    return entry


def pack(programs: Path, images: Mapping[str, str], output: Path) -> None:
    """Write the executable `output`."""
    missing = [name for name in PROGRAMS if not (programs / name).is_file()]
    if missing:
        raise PackError(f"{programs} lacks {', '.join(missing)}")
    manifests = {f"addons/{path.name}": path.read_bytes() for path in sorted((HERE / "addons").glob("*.yaml"))}
    needed = needed_images(manifests)
    if needed != images.keys():
        raise PackError(f"--image is needed for {', '.join(sorted(needed))}; given: {', '.join(sorted(images))}")
    code = {"__main__.py": (HERE / "__main__.py").read_bytes()}
    code |= {f"labkube/{path.name}": path.read_bytes() for path in sorted((HERE / "labkube").glob("*.py"))}
    binaries = {f"bin/{name}": programs / name for name in PROGRAMS}
    description = {
        "hash": _digest({**code, **manifests, **binaries, "images": json.dumps(images, sort_keys=True).encode()}),
        "images": dict(images),
        "kubernetes": kubernetes_version(programs / "hyperkube"),
    }
    small = {**code, **manifests, "build.json": json.dumps(description, indent=2, sort_keys=True).encode()}

    scratch = output.with_name(f".{output.name}.new")
    with scratch.open("wb") as stream:
        stream.write(SHEBANG)
        with zipfile.ZipFile(stream, "w") as bundle:
            for name, content in small.items():
                bundle.writestr(_entry(name, 0o644), content)
            # Not compressed: unpacking them is part of every node's first start.
            for name, path in binaries.items():
                entry = _entry(name, 0o755)
                entry.file_size = path.stat().st_size
                with path.open("rb") as source, bundle.open(entry, "w") as sink:
                    shutil.copyfileobj(source, sink, _CHUNK)
    scratch.chmod(0o755)
    scratch.replace(output)


def _image(text: str) -> tuple[str, str]:
    name, separator, reference = text.partition("=")
    if not separator or not name or not reference:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=REFERENCE")
    return name, reference


def main(argv: Sequence[str]) -> int:
    """Pack as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin-dir", type=Path, required=True, help="holds the native programs")
    parser.add_argument("--image", type=_image, action="append", default=[], metavar="NAME=REFERENCE")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args(argv)
    try:
        pack(options.bin_dir, dict(options.image), options.output)
    except PackError as error:
        print(f"pack.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
