"""What teardown sees of Multipass: the lab's own instance, by the note that the lab made it."""

from __future__ import annotations

from pathlib import Path

import pytest
from crud_lab import multipass
from crud_lab.errors import LabError

LISTED = '{"list": [{"name": "lab", "state": "Deleted"}, {"name": "foreign", "state": "Running"}]}'


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A multipass that has an instance of the lab in its trash, and somebody else's."""
    path = tmp_path / "bin/multipass"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n[ \"$*\" = 'list --no-ipv4 --format json' ] && echo '{LISTED}'\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(path.parent), prepend=":")
    return path


def test_the_note_names_the_instance(tmp_path: Path) -> None:
    assert multipass.claimed(tmp_path) == []
    (tmp_path / multipass.CLAIM).write_text('{"name": "lab", "launched": false}')
    assert multipass.claimed(tmp_path) == ["lab"]


@pytest.mark.parametrize("content", ["", "[]", "{}", "null"])
def test_a_broken_note_claims_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / multipass.CLAIM).write_text(content)
    assert multipass.claimed(tmp_path) == []


def test_only_what_is_asked_for_is_found(program: Path) -> None:
    assert multipass.existing(["lab", "gone"]) == ["lab"]


def test_multipass_is_not_asked_without_need(program: Path) -> None:
    program.write_text("#!/bin/sh\nexit 1\n")
    assert multipass.existing([]) == []


@pytest.mark.parametrize("script", ["echo 'cannot connect' >&2; exit 2", "echo no json"])
def test_a_silent_multipass_is_told_from_an_empty_one(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    with pytest.raises(LabError, match=r"Multipass does not answer .*, so the node lab can't be removed"):
        multipass.existing(["lab"])
