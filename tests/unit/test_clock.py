"""A clock that is behind what has surely passed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from crud_lab import clock
from crud_lab.clock import DAY, Clock

COMMITTED = 1_700_000_000


@pytest.mark.parametrize(("now", "behind"), [(0, True), (-2 * DAY, True), (-DAY // 2, False), (400 * DAY, False)])
def test_only_more_than_a_day_is_a_matter_of_this_clock(now: int, *, behind: bool) -> None:
    assert Clock(COMMITTED + now if now else 0, COMMITTED).behind is behind


def test_both_days_are_told() -> None:
    assert Clock(0, COMMITTED).facts() == {"behind": True, "today": "1970-01-01", "passed": "2023-11-14"}


def test_a_checkout_is_as_old_as_its_newest_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site.yml"
    site.touch()
    os.utime(site, (DAY, DAY))
    # Not the repository that these tests may lie in.
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert clock.read(tmp_path).passed == DAY
    monkeypatch.setenv("GIT_COMMITTER_DATE", f"{COMMITTED} +0000")
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    for words in (["init", "--quiet"], ["add", "."], [*identity, "commit", "--quiet", "--no-gpg-sign", "-m", "first"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    assert clock.read(tmp_path).passed == COMMITTED


def test_without_git_the_files_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site.yml").touch()
    os.utime(tmp_path / "site.yml", (DAY, DAY))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert clock.read(tmp_path).passed == DAY
