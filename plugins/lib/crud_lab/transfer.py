"""The bundle's way into a node that can't see the controller's disk: what changed, over SSH, verified there."""

from __future__ import annotations

import json
import shlex
import subprocess
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from crud_lab.bundle import confined
from crud_lab.errors import LabError

MANIFEST = "manifest.json"
# The controller's own: what container nodes are made of, and programs that run here.
NOT_FOR_NODES = {"rootfs", "node-debs", "tool"}
LONGEST_TRANSFER = 1800


@dataclass(frozen=True)
class File:
    """A file of the bundle as the manifest describes it."""

    path: str
    sha256: str
    size: int


class Node:
    """A node that is reached by an ssh command; the directory on it belongs to root and is for reading only."""

    def __init__(self, ssh: list[str], directory: str) -> None:
        """Take the command up to and including the host's name."""
        self._ssh = ssh
        self._directory = directory

    def manifest(self) -> bytes:
        """Give the manifest of what the node has; it is written last, so it vouches for the rest."""
        return self._run(f"cat {MANIFEST} 2>/dev/null || true")

    def sums(self, paths: Iterable[str]) -> dict[str, str]:
        """Give the sums of those files that are there."""
        listed = self._run("xargs -0 sha256sum -- 2>/dev/null || true", _joined(paths)).decode()
        return {path: found for found, _, path in (line.partition("  ") for line in listed.splitlines())}

    def receive(self, source: Path, path: str) -> None:
        """Take one file from the controller's bundle."""
        command = [*self._ssh, f"sudo mkdir -p {self._quoted} && sudo tar --extract --directory {self._quoted}"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as receiver:
            assert receiver.stdin is not None  # noqa: S101 - a pipe was asked for
            try:
                with tarfile.open(fileobj=receiver.stdin, mode="w|") as archive:
                    archive.add(source / path, arcname=path, filter=_for_reading)
                receiver.stdin.close()
            except BrokenPipeError:
                pass  # the receiver says why
            said = receiver.stderr.read().decode(errors="replace").strip() if receiver.stderr else ""
            if receiver.wait(LONGEST_TRANSFER):
                raise LabError(
                    f"The node did not take {path} ({said}): make room there, or run the same command again."
                )

    def remove_others(self, paths: Iterable[str]) -> None:
        """Remove what the bundle no longer has."""
        present = self._run("find . -type f -printf '%P\\0'").decode().split("\0")
        others = sorted(set(present) - set(paths) - {""})
        if others:
            self._run("xargs -0 sudo rm --", _joined(others))

    def _run(self, script: str, stdin: bytes = b"") -> bytes:
        command = [*self._ssh, f"cd {self._quoted} 2>/dev/null || exit 0; {script}"]
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=LONGEST_TRANSFER, check=False)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()
            raise LabError(f"The node does not answer ({said}): ansible-playbook site.yml --tags node")
        return done.stdout

    @property
    def _quoted(self) -> str:
        return shlex.quote(self._directory)


def wanted(manifest: bytes, bundle: Path) -> list[File]:
    """Give the files that a node needs."""
    artefacts = confined(json.loads(manifest), bundle)["artefacts"].values()
    return [
        File(file["path"], file["sha256"], file["size"])
        for artefact in artefacts
        if artefact["kind"] not in NOT_FOR_NODES
        for file in artefact["files"]
    ]


def transfer(bundle: Path, node: Node, tell: Callable[[str], None], *, write: bool) -> list[str]:
    """Bring the node's bundle up to date; give the paths that were, or would be, sent."""
    manifest = (bundle / MANIFEST).read_bytes()
    files = wanted(manifest, bundle)
    if node.manifest() == manifest:
        return []
    found = node.sums(file.path for file in files)
    sent = [file for file in files if found.get(file.path) != file.sha256]
    if write:
        for number, file in enumerate(sent, 1):
            tell(f"{number}/{len(sent)} {file.path}, {file.size / 1_000_000:.1f} MB")
            node.receive(bundle, file.path)
        _verify(node, sent)
        node.remove_others([*(file.path for file in files), MANIFEST])
        node.receive(bundle, MANIFEST)
    return [*(file.path for file in sent), MANIFEST]


def _verify(node: Node, sent: list[File]) -> None:
    arrived = node.sums(file.path for file in sent)
    for file in sent:
        if arrived.get(file.path) != file.sha256:
            raise LabError(
                f"{file.path} on the node has the sum {arrived.get(file.path, 'none')}, not {file.sha256}: "
                "run ansible-playbook site.yml --tags bundle,node, which verifies and sends it again."
            )


def _for_reading(member: tarfile.TarInfo) -> tarfile.TarInfo:
    # Whole seconds: k3s imports an image again at each start where its file is newer than what k3s can note.
    member.mtime = int(member.mtime)
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mode = 0o555 if member.mode & 0o100 else 0o444
    return member


def _joined(paths: Iterable[str]) -> bytes:
    return "\0".join(paths).encode()
