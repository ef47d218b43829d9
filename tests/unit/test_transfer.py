"""The bundle's way into a node: only what changed, verified, and nothing is left of what went."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest
from bundler.catalogue import recipes
from crud_lab import transfer
from crud_lab.errors import LabError


class Lab:
    """A bundle, and a "node" that is a directory of this machine."""

    def __init__(self, directory: Path) -> None:
        """Begin with four files, two of which are for container nodes."""
        self.bundle = directory / "bundle"
        self.copy = directory / "no de"
        self.lines: list[str] = []
        self.kinds = {"node/rootfs.tar": recipes()["rootfs"].kind, "node/debs/a.deb": recipes()["debs"].kind}
        for_containers = {"node/rootfs.tar": "rootfs", "node/debs/a.deb": "package"}
        self.write({"bin/k3s": "program", "images/a b.tar": "image", **for_containers})

    def write(self, contents: dict[str, str]) -> None:
        """Make the bundle hold these files and describe them."""
        artefacts = {}
        for path, content in contents.items():
            file = self.bundle / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
            file.chmod(0o755 if path.startswith("bin/") else 0o644)
            sha256 = hashlib.sha256(content.encode()).hexdigest()
            kind = self.kinds.get(path, "image")
            artefacts[path] = {"kind": kind, "files": [{"path": path, "sha256": sha256, "size": len(content)}]}
        (self.bundle / "manifest.json").write_text(json.dumps({"artefacts": artefacts}))

    def run(self, *, write: bool = True) -> list[str]:
        """Transfer, and give what was sent."""
        node = transfer.Node(["bash", "-c"], str(self.copy))
        return transfer.transfer(self.bundle, node, self.lines.append, write=write)

    def arrived(self) -> set[str]:
        """Give the files on the node."""
        return {str(path.relative_to(self.copy)) for path in self.copy.rglob("*") if path.is_file()}


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A lab on a machine where everybody may do everything."""
    sudo = tmp_path / "bin/sudo"
    sudo.parent.mkdir()
    sudo.write_text('#!/bin/sh\nexec "$@"\n')
    sudo.chmod(0o755)
    monkeypatch.setenv("PATH", str(sudo.parent), prepend=":")
    return Lab(tmp_path)


def test_an_empty_node_gets_all_that_nodes_need(lab: Lab) -> None:
    assert lab.run() == ["bin/k3s", "images/a b.tar", "manifest.json"]
    assert lab.arrived() == {"bin/k3s", "images/a b.tar", "manifest.json"}
    assert [line.partition(",")[0] for line in lab.lines] == ["1/2 bin/k3s", "2/2 images/a b.tar"]
    assert (lab.copy / "bin/k3s").stat().st_mode & 0o777 == 0o555
    assert (lab.copy / "images/a b.tar").stat().st_mode & 0o777 == 0o444


def test_a_node_gets_files_as_old_as_whole_seconds_can_say(lab: Lab) -> None:
    os.utime(lab.bundle / "images/a b.tar", (1_800_000_000.75, 1_800_000_000.75))
    lab.run()
    assert (lab.copy / "images/a b.tar").stat().st_mtime_ns == 1_800_000_000 * 10**9


def test_the_second_time_nothing_is_sent(lab: Lab) -> None:
    lab.run()
    assert lab.run() == []


def test_only_what_changed_is_sent_and_what_went_is_removed(lab: Lab) -> None:
    lab.run()
    lab.write({"bin/k3s": "program", "images/c.tar": "another"})
    assert lab.run() == ["images/c.tar", "manifest.json"]
    assert lab.arrived() == {"bin/k3s", "images/c.tar", "manifest.json"}


def test_check_mode_sends_nothing(lab: Lab) -> None:
    assert lab.run(write=False) == ["bin/k3s", "images/a b.tar", "manifest.json"]
    assert not lab.copy.exists()


def test_a_transfer_that_was_cut_off_goes_on(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    receive = transfer.Node.receive

    def cut_off(node: transfer.Node, source: Path, path: str) -> None:
        if path.startswith("images/"):
            raise KeyboardInterrupt
        receive(node, source, path)

    with monkeypatch.context() as patch:
        patch.setattr(transfer.Node, "receive", cut_off)
        with pytest.raises(KeyboardInterrupt):
            lab.run()
    assert lab.run() == ["images/a b.tar", "manifest.json"]


def test_a_file_that_arrives_broken_stops_the_run(lab: Lab) -> None:
    (lab.bundle / "bin/k3s").write_text("tampered")
    with pytest.raises(LabError, match=r"bin/k3s on the node has the sum .*--tags bundle,node"):
        lab.run()
    assert not (lab.copy / "manifest.json").exists()


def test_a_node_that_takes_nothing_is_named(lab: Lab) -> None:
    lab.copy.write_text("in the way")
    with pytest.raises(LabError, match=r"The node did not take bin/k3s"):
        lab.run()


def test_nothing_outside_of_the_bundle_is_sent(lab: Lab) -> None:
    (lab.bundle.parent / "secret").write_text("private")
    lab.write({"bin/k3s": "program", "../secret": "private"})
    with pytest.raises(LabError, match=r"manifest\.json names '\.\./secret', which leads out of that directory"):
        lab.run()
    assert not lab.copy.exists()


def test_nothing_that_a_link_leads_to_is_sent(lab: Lab) -> None:
    (lab.bundle.parent / "secret").write_text("private")
    (lab.bundle / "images/a b.tar").unlink()
    (lab.bundle / "images/a b.tar").symlink_to(lab.bundle.parent / "secret")
    with pytest.raises(LabError, match=r"'images/a b\.tar', which leads out of that directory"):
        lab.run()
    assert not lab.copy.exists()
