"""Secrets of the state directory."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from crud_lab.errors import LabError
from crud_lab.secret import Secret


def test_a_secret_is_made_once_and_is_private(tmp_path: Path) -> None:
    secret = Secret(tmp_path / "state" / "key")
    assert secret.ensure(43, dry_run=False)
    made = secret.read()
    assert re.fullmatch(r"[A-Za-z0-9]{43}", made)
    assert not secret.ensure(43, dry_run=False)
    assert secret.read() == made
    assert secret.path.stat().st_mode & 0o777 == 0o600
    assert secret.path.parent.stat().st_mode & 0o777 == 0o700


def test_two_secrets_differ(tmp_path: Path) -> None:
    one, other = Secret(tmp_path / "one"), Secret(tmp_path / "other")
    assert all(secret.ensure(43, dry_run=False) for secret in (one, other))
    assert one.read() != other.read()


def test_the_header_follows_the_secret(tmp_path: Path) -> None:
    secret = Secret(tmp_path / "key")
    secret.ensure(43, dry_run=False)
    assert secret.ensure_header("X-Key", dry_run=False)
    assert not secret.ensure_header("X-Key", dry_run=False)
    secret.path.write_text("a-key-of-my-own-making\n")
    assert secret.ensure_header("X-Key", dry_run=False)
    header = tmp_path / "key.header"
    assert header.read_text() == "X-Key: a-key-of-my-own-making\n"
    assert header.stat().st_mode & 0o777 == 0o600


def test_a_dry_run_announces_and_makes_nothing(tmp_path: Path) -> None:
    secret = Secret(tmp_path / "key")
    assert secret.ensure(43, dry_run=True)
    assert secret.ensure_header("X-Key", dry_run=True)
    assert list(tmp_path.iterdir()) == []


def test_a_secret_that_others_can_read_is_made_private(tmp_path: Path) -> None:
    secret = Secret(tmp_path / "key")
    secret.path.write_text("a-key-of-my-own-making\n")
    secret.path.chmod(0o644)
    assert secret.ensure(43, dry_run=True)
    assert secret.ensure(43, dry_run=False)
    assert not secret.ensure(43, dry_run=False)
    assert secret.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "short", "a b c d e f g h i", "two\nlines of the file", "two-keys,in-a-line"])
def test_a_secret_that_no_header_could_hold_is_refused(tmp_path: Path, content: str) -> None:
    secret = Secret(tmp_path / "key")
    secret.path.write_text(content)
    with pytest.raises(LabError, match="must hold one line of 16 to 256"):
        secret.ensure(43, dry_run=False)
