"""What is found out about the controller."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from crud_lab import controller, docker_group, engine, ports

DOCKER = """#!/bin/sh
case "$1" in
  info) {info};;
  container) {container};;
  volume) {volume};;
esac
"""
NOTHING = "echo 'Error: No such object' >&2; exit 1"


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def docker(directory: Path, monkeypatch: pytest.MonkeyPatch, **answers: str) -> None:
    """Put a docker first on PATH that answers with the given commands."""
    script = directory / "docker"
    script.write_text(DOCKER.format(**{"info": NOTHING, "container": NOTHING, "volume": NOTHING, **answers}))
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}{os.pathsep}{os.environ['PATH']}")


def test_a_port_in_use_is_described_by_who_uses_it(busy_port: int) -> None:
    assert not ports.is_free(busy_port)
    assert ports.describe(busy_port).startswith(f"port {busy_port} (")
    assert f"pid {os.getpid()})" in ports.describe(busy_port)


def test_a_port_that_nobody_uses_is_free(busy_port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert ports.is_free(port)
    assert ports.describe(port) == f"port {port}"


def test_without_docker_there_is_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert engine.facts() == {"installed": False, "version": "", "root": "", "error": ""}
    assert not engine.node_facts("lab")["exists"]
    assert not engine.foreign_volume("lab-var-lib", "lab")


def test_an_engine_that_answers_is_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = json.dumps({"ServerVersion": "20.10.24", "DockerRootDir": "/var/lib/docker"})
    docker(tmp_path, monkeypatch, info=f"echo '{answer}'")
    assert engine.facts() == {"installed": True, "version": "20.10.24", "root": "/var/lib/docker", "error": ""}


@pytest.mark.parametrize(
    "info",
    [
        """echo '{"ServerVersion": "", "ServerErrors": ["permission denied"]}'; exit 1""",
        "echo 'ERROR: permission denied' >&2; exit 1",
    ],
)
def test_an_engine_that_does_not_answer_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, info: str) -> None:
    docker(tmp_path, monkeypatch, info=info)
    facts = engine.facts()
    assert facts["version"] == ""
    assert "permission denied" in facts["error"]


def test_a_login_without_the_group_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docker(tmp_path, monkeypatch, info="echo 'ERROR: permission denied' >&2; exit 1")
    monkeypatch.setattr(docker_group, "is_lacking", lambda: True)
    assert engine.facts()["error"] == "this shell is older than your membership of the group docker"


def test_an_engine_that_hangs_is_not_waited_for_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docker(tmp_path, monkeypatch, info="exec sleep 60")
    monkeypatch.setattr(engine, "PATIENCE", 0.2)
    assert engine.facts()["error"] == "no answer within 0.2 s"


@pytest.mark.parametrize(("label", "ours"), [("lab", True), ("other", False)])
def test_a_container_of_the_labs_name_is_the_labs_by_its_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, label: str, *, ours: bool
) -> None:
    published = {"22/tcp": [{"HostIp": "127.0.0.1", "HostPort": "2222"}], "80/tcp": None}
    container = {
        "Config": {"Labels": {"crud-lab": label}},
        "State": {"Running": True},
        "NetworkSettings": {"Ports": published},
    }
    docker(tmp_path, monkeypatch, container=f"echo '{json.dumps(container)}'")
    assert engine.node_facts("lab") == {"exists": True, "ours": ours, "running": True, "ports": [2222]}


@pytest.mark.parametrize(("labels", "foreign"), [({"crud-lab": "lab"}, False), ({}, True), (None, True)])
def test_a_volume_of_the_labs_name_is_the_labs_by_its_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, labels: object, *, foreign: bool
) -> None:
    docker(tmp_path, monkeypatch, volume=f"echo '{json.dumps({'Labels': labels})}'")
    assert engine.foreign_volume("lab-var-lib", "lab") is foreign


def test_a_directory_that_is_yet_to_come_is_judged_by_the_nearest(tmp_path: Path) -> None:
    facts = controller.directory_facts(tmp_path / "a" / "b")
    assert facts["nearest"] == str(tmp_path)
    assert facts["writable"]
    assert facts["free_mb"] > 0


def test_a_bundle_counts_by_the_files_that_are_there_whole(tmp_path: Path) -> None:
    assert controller.bundle_mb(tmp_path) == 0
    files = [{"path": name, "size": 2 * controller.MEBI} for name in ("whole", "short", "missing")]
    (tmp_path / "manifest.json").write_text(json.dumps({"artefacts": {"one": {"files": files}}}))
    (tmp_path / "whole").write_bytes(bytes(2 * controller.MEBI))
    (tmp_path / "short").write_bytes(bytes(controller.MEBI))
    assert controller.bundle_mb(tmp_path) == 2


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"artefacts": {"one": {}}}', '{"artefacts": []}'])
def test_a_broken_manifest_counts_as_no_bundle(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    assert controller.bundle_mb(tmp_path) == 0


def test_collections_are_found_with_their_versions(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.yml"
    requirements.write_text(
        "collections:\n"
        "  - {name: kubernetes.core, version: '>=1.0.0'}\n"
        "  - {name: community.docker, version: '>=999.0.0'}\n"
        "  - {name: nobody.nothing, version: '>=1.0.0'}\n"
    )
    assert controller.unmet_collections(requirements) == ["community.docker >=999.0.0", "nobody.nothing >=1.0.0"]


def test_what_is_missing_is_named() -> None:
    assert controller.missing_programs(["sh", "no-such-program"]) == ["no-such-program"]
    assert controller.missing_modules(["json", "no_such_module"]) == ["no_such_module"]


def test_this_machine_has_processors_and_memory() -> None:
    assert controller.processors() >= 1
    assert (controller.available_memory_mb() or 0) > 0


def test_a_directory_for_everybody_is_noticed(tmp_path: Path) -> None:
    assert not controller.world_writable(tmp_path)
    tmp_path.chmod(0o777)
    assert controller.world_writable(tmp_path)


@pytest.mark.parametrize(
    ("release", "wsl"),
    [("5.15.167.4-microsoft-standard-WSL2", True), ("4.4.0-19041-Microsoft", True), ("6.1.0-28-amd64", False)],
)
def test_linux_inside_windows_is_known_by_its_kernel(release: str, *, wsl: bool) -> None:
    assert controller.wsl(release) is wsl
