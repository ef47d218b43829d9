"""Where SSH's control socket is: in a directory that is this user's own, and nobody else's."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from crud_lab import socket_dir
from crud_lab.errors import LabError

SHORT = Path("/home/you/crud-lab/.lab/crud-lab")


@pytest.fixture
def runtime_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A short $XDG_RUNTIME_DIR, which a directory of pytest's is not."""
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        monkeypatch.setenv("XDG_RUNTIME_DIR", directory)
        yield Path(directory)


@pytest.fixture
def long(tmp_path: Path) -> Path:
    return tmp_path / ("a" * 60) / ".lab/crud-lab"


@pytest.fixture
def somebody_else(monkeypatch: pytest.MonkeyPatch) -> int:
    """Who this user was until now."""
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    return owner


def test_a_short_path_is_its_own_place() -> None:
    assert socket_dir.choose(SHORT) == SHORT
    assert socket_dir.remove(SHORT, dry_run=False) == []


def test_bytes_count_and_not_characters() -> None:
    assert socket_dir.choose(Path("/" + "a" * 74)) == Path("/" + "a" * 74)
    assert socket_dir.choose(Path("/" + "ä" * 38)) != Path("/" + "ä" * 38)


def test_a_long_path_gets_a_directory_for_this_user_alone(long: Path, runtime_dir: Path) -> None:
    place = socket_dir.choose(long)
    assert place.parent == runtime_dir
    assert socket_dir.ensure(long, dry_run=True)
    assert not place.exists()
    assert socket_dir.ensure(long, dry_run=False)
    assert place.stat().st_mode & 0o777 == 0o700
    assert not socket_dir.ensure(long, dry_run=False)
    place.chmod(0o755)
    assert socket_dir.ensure(long, dry_run=False)
    assert place.stat().st_mode & 0o777 == 0o700


def test_without_a_runtime_directory_it_is_in_tmp(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("", "/no/such", "relative", f"/tmp/{'a' * 60}"):  # noqa: S108 - what is tested
        monkeypatch.setenv("XDG_RUNTIME_DIR", value)
        assert socket_dir.choose(long).parent == Path("/tmp")  # noqa: S108 - what is tested


def test_a_runtime_directory_of_somebody_else_is_not_used(long: Path, runtime_dir: Path, somebody_else: int) -> None:
    assert somebody_else == runtime_dir.stat().st_uid
    assert socket_dir.choose(long).parent == Path("/tmp")  # noqa: S108 - what is tested


def test_a_directory_of_somebody_else_is_refused(
    long: Path, runtime_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = socket_dir.choose(long)
    place.mkdir(mode=0o777)
    owner = os.geteuid()
    monkeypatch.setattr(socket_dir, "_runtime_dir", lambda: [runtime_dir])
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(LabError, match=rf"^{place}, .* belongs to the user with the id {owner}: .* XDG_RUNTIME_DIR"):
        socket_dir.ensure(long, dry_run=False)
    assert socket_dir.remove(long, dry_run=False) == []
    assert place.exists()


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_link_is_refused_wherever_it_leads(long: Path, runtime_dir: Path, tmp_path: Path, dry_run: bool) -> None:
    socket_dir.choose(long).symlink_to(tmp_path)
    with pytest.raises(LabError, match=r"is no directory: have it removed"):
        socket_dir.ensure(long, dry_run=dry_run)
    with pytest.raises(LabError, match="is no directory"):
        socket_dir.check(long)
    assert runtime_dir.exists()


def test_a_removal_finds_what_another_session_made(
    long: Path, runtime_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = socket_dir.choose(long)
    socket_dir.ensure(long, dry_run=False)
    (here / "ssh.sock").touch()
    with monkeypatch.context() as without:
        without.delenv("XDG_RUNTIME_DIR")
        there = socket_dir.choose(long)
        socket_dir.ensure(long, dry_run=False)
    assert socket_dir.remove(long, dry_run=True) == [here, there]
    assert there.exists()
    assert socket_dir.remove(long, dry_run=False) == [here, there]
    assert socket_dir.remove(long, dry_run=False) == []
    assert runtime_dir.exists()
