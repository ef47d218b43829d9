"""The group docker for a login that is older than its user's membership."""

from __future__ import annotations

import grp
import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest
from crud_lab import docker_group

ROOT = Path(__file__).resolve().parents[2]
USER = pwd.getpwuid(os.geteuid()).pw_name
# A group that no process has.
GID = 54321


def group(monkeypatch: pytest.MonkeyPatch, *members: str, gid: int = GID) -> None:
    """Let the group docker have these members."""
    monkeypatch.setattr(grp, "getgrnam", lambda name: grp.struct_group((name, "x", gid, list(members))))


@pytest.fixture
def ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who is not root."""
    user = pwd.getpwuid(os.geteuid())
    monkeypatch.setattr(pwd, "getpwuid", lambda _: user)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


@pytest.mark.usefixtures("ordinary")
def test_a_login_from_before_lacks_the_group(monkeypatch: pytest.MonkeyPatch) -> None:
    group(monkeypatch, "ann", USER)
    assert docker_group.is_lacking()
    assert docker_group.way_out() == "run newgrp docker"


@pytest.mark.usefixtures("ordinary")
def test_a_login_that_has_the_group_lacks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    group(monkeypatch, USER, gid=os.getegid())
    assert not docker_group.is_lacking()
    assert docker_group.way_out() == "start Docker"


@pytest.mark.usefixtures("ordinary")
def test_nobody_is_given_a_group_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    group(monkeypatch, "ann")
    assert not docker_group.is_lacking()


def test_root_needs_no_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    group(monkeypatch, "root")
    assert not docker_group.is_lacking()


def test_without_such_a_group_nothing_is_lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docker_group, "GROUP", "no-such-group")
    assert not docker_group.is_lacking()


def test_a_command_comes_through_as_it_was_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """sg hands its command to a shell, twice: blanks, quotes and variables are the command's own."""
    program = tmp_path / "sg"
    program.write_text('#!/bin/sh\n[ "$2" = -c ] && echo "$1" && exec sh -c "$3"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(docker_group, "is_lacking", lambda: True)
    words = ["a b", "it's", '"$HOME" `id`', "", "*"]
    code = "import sys; print(sys.argv[1:])"
    command = docker_group.command_with_group([sys.executable, "-c", code, *words])
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    first_group = grp.getgrgid(os.getegid()).gr_name
    assert done.stdout.splitlines() == ["docker", first_group, str(words)]


def test_a_command_stays_alone_where_nothing_is_lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docker_group, "is_lacking", lambda: False)
    assert docker_group.command_with_group(["make", "lab"]) == ["make", "lab"]


@pytest.mark.parametrize("target", ["setup", "bundle", "lab", "teardown", "bench"])
def test_make_gives_the_group_to_what_calls_docker(target: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", "--always-make", target], cwd=ROOT, capture_output=True, text=True, check=True
    )
    calls = [line for line in done.stdout.splitlines() if "ansible-playbook" in line or "bench.bench" in line]
    assert calls
    assert [line for line in calls if "docker_group.py" not in line] == []
