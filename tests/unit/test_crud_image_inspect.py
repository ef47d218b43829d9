"""How far the app's image got on the node, as the role crud_image asks its two image stores."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "roles/crud_image/files/inspect_images.py"
WARNING = 'echo "time=… level=warning msg=DEPRECATION" >&2\n'


class Node:
    """A node whose docker and k3s answer from these fields."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.built: list[str] = []  # newest first
        self.bases: list[str] = ["base sha256:b"]
        self.loaded: list[str] = []
        self.configs: dict[str, str] = {}
        self.containers: list[str] = []
        self.docker_containers: list[str] = []

    def look(self, tag: str = "new", keep: int = 2) -> dict[str, Any]:
        images = "\n".join(["REF TYPE DIGEST SIZE PLATFORMS LABELS", *self.loaded])
        containers = "\n".join(["CONTAINER    IMAGE    RUNTIME", *self.containers])
        contents = "\n".join(
            f"  *\"content get {digest}\") echo '{json.dumps({'config': {'digest': config}})}';;"
            for digest, config in self.configs.items()
        )
        self._program(
            "k3s",
            f'case "$*" in\n  *images*) echo "{images}";;\n  *containers*) echo "{containers}";;\n{contents}\nesac',
        )
        lines = {name: "\n".join(getattr(self, name)) for name in ("built", "bases", "docker_containers")}
        self._program(
            "docker",
            f'case "$*" in\n  *ps*) echo "{lines["docker_containers"]}";;\n'
            f'  *localhost/python) echo "{lines["bases"]}";;\n  *crud-api) echo "{lines["built"]}";;\nesac',
        )
        command = [sys.executable, str(SCRIPT), "crud-api", tag, "localhost/python:base", str(keep)]
        path = f"{self.directory}:/usr/bin:/bin"
        output = subprocess.run(command, env={"PATH": path}, stdout=subprocess.PIPE, check=True).stdout
        found: dict[str, Any] = json.loads(output)
        return found

    def _program(self, name: str, script: str) -> None:
        path = self.directory / name
        path.write_text(f"#!/bin/sh\n{WARNING}{script}\n", encoding="utf-8")
        path.chmod(0o755)


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path)


PINNED = "io.cri-containerd.image=managed,io.cri-containerd.pinned=pinned"


def row(tag: str, digest: str, labels: str = PINNED) -> str:
    return f"docker.io/library/crud-api:{tag} application/vnd.docker {digest} 64.2 MiB linux/amd64 {labels}"


def test_an_empty_node_has_nothing(node: Node) -> None:
    node.bases = []
    assert node.look() == {
        "base": False,
        "built": False,
        "loaded": False,
        "digest": "",
        "in_use": [],
        "superfluous": {"docker": [], "containerd": []},
    }


def test_an_image_is_loaded_when_its_configuration_is_what_docker_built(node: Node) -> None:
    node.built, node.loaded, node.configs = ["new sha256:1"], [row("new", "sha256:m")], {"sha256:m": "sha256:1"}
    found = node.look()
    assert (found["base"], found["built"], found["loaded"], found["digest"]) == (True, True, True, "sha256:1")
    node.configs = {"sha256:m": "sha256:2"}
    assert not node.look()["loaded"]


@pytest.mark.parametrize("labels", ["io.cri-containerd.image=managed", "-"])
def test_an_image_that_is_not_pinned_is_not_loaded_well(node: Node, labels: str) -> None:
    """The kubelet collects it where the disk is full, and nothing brings it back."""
    node.built, node.loaded = ["new sha256:1"], [row("new", "sha256:m", labels)]
    node.configs = {"sha256:m": "sha256:1"}
    assert not node.look()["loaded"]


def test_an_engine_that_names_images_by_manifest_is_understood(node: Node) -> None:
    node.built, node.loaded, node.configs = ["new sha256:m"], [row("new", "sha256:m")], {"sha256:m": "sha256:1"}
    assert node.look()["loaded"]


def test_what_only_one_store_has_is_not_loaded(node: Node) -> None:
    node.built = ["new sha256:1"]
    assert not node.look()["loaded"]
    node.built, node.loaded = [], [row("new", "sha256:m")]
    found = node.look()
    assert (found["built"], found["loaded"]) == (False, False)


def test_the_image_and_the_newest_other_one_stay(node: Node) -> None:
    node.built = ["newer sha256:4", "old sha256:3", "new sha256:2", "older sha256:1"]
    node.loaded = [row(tag, "sha256:m") for tag in ("newer", "old", "new", "older")]
    node.configs = {"sha256:m": "sha256:x"}
    found = node.look()["superfluous"]
    assert found["docker"] == ["crud-api:old", "crud-api:older"]
    assert found["containerd"] == ["docker.io/library/crud-api:old", "docker.io/library/crud-api:older"]


def test_what_a_pod_or_a_container_uses_stays(node: Node) -> None:
    node.built = ["new sha256:5", "b sha256:4", "c sha256:3", "d sha256:2", "e sha256:1"]
    node.containers = ["0a docker.io/library/crud-api:c io.containerd.runc.v2", "0b localhost/pause:3.10 io", "0c"]
    node.docker_containers = ["crud-api:d", "alpine"]
    found = node.look()
    assert found["in_use"] == ["c", "d"]
    assert found["superfluous"]["docker"] == ["crud-api:e"]


def test_earlier_bases_and_what_has_no_name_do_not_count(node: Node) -> None:
    node.built = ["new sha256:2", "<none> sha256:1"]
    node.bases = ["base sha256:b", "earlier sha256:a"]
    assert node.look()["superfluous"]["docker"] == ["localhost/python:earlier"]


def test_nothing_is_kept_but_what_is_in_use_when_all_shall_go(node: Node) -> None:
    node.built = ["b sha256:2", "c sha256:1"]
    node.docker_containers = ["crud-api:c"]
    assert node.look(tag="none", keep=0)["superfluous"]["docker"] == ["crud-api:b", "localhost/python:base"]
