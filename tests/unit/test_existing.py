"""Asking a cluster what it has, of a kubectl that is made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from crud_lab.errors import LabError
from crud_lab.existing import existing

CLAIM = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": "app"}}
KEY = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "data", "namespace": "app"}, "stringData": {"a": "b"}}
ROLE = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "data"}}


def kubectl(directory: Path, script: str) -> list[str]:
    """Write a program that keeps what it is given, and then runs the script."""
    program = directory / "kubectl"
    program.write_text(f'#!/bin/sh\necho "$@" > {directory}/arguments\ncat > {directory}/input\n{script}\n')
    program.chmod(0o755)
    return [str(program), "--kubeconfig=k"]


def says(directory: Path, answer: dict[str, Any]) -> list[str]:
    """Write a program that answers so."""
    (directory / "answer").write_text(json.dumps(answer))
    return kubectl(directory, f"cat {directory}/answer")


def test_those_that_are_there_are_returned(tmp_path: Path) -> None:
    there = [ROLE, {**CLAIM, "status": {}}]
    command = says(tmp_path, {"kind": "List", "items": there})
    assert list(existing(command, [CLAIM, KEY, ROLE]).values()) == there
    assert (tmp_path / "arguments").read_text().split()[:2] == ["--kubeconfig=k", "get"]
    assert "stringData" not in (tmp_path / "input").read_text()


def test_one_alone_comes_without_a_list(tmp_path: Path) -> None:
    assert existing(says(tmp_path, KEY), [CLAIM, KEY]) == {("Secret", "app", "data"): KEY}


def test_nothing_is_there(tmp_path: Path) -> None:
    assert existing(kubectl(tmp_path, "true"), [CLAIM]) == {}


def test_a_cluster_that_refuses_is_told_in_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"can't be asked what it has: You must be logged in"):
        existing(kubectl(tmp_path, "echo You must be logged in >&2; exit 1"), [CLAIM])


def test_a_missing_program_is_named_with_the_way_to_get_it() -> None:
    with pytest.raises(LabError, match=r"^/no/kubectl can't be run \(No such file or directory\): .* --tags bundle$"):
        existing(["/no/kubectl"], [CLAIM])
