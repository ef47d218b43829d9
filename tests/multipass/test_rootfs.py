"""The guests' root file system: made once, and made again when what it is made from changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from stand_in import rootfs
from stand_in.output import OutsideContractError


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Scripts of the test's own, which count how often they run."""
    directory = tmp_path / "scripts"
    directory.mkdir()
    for name in rootfs.MADE_FROM:
        (directory / name).touch()
    (directory / "build-rootfs.sh").write_text(f'echo "$1" >> {tmp_path}/runs; echo made > "$2"\n')
    monkeypatch.setattr(rootfs, "SCRIPTS", directory)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return directory


@pytest.mark.usefixtures("scripts")
def test_it_is_made_once(tmp_path: Path) -> None:
    assert rootfs.archive().read_text() == "made\n"
    assert rootfs.archive().is_relative_to(tmp_path / "cache")
    assert (tmp_path / "runs").read_text() == "bookworm\n"


def test_a_changed_source_makes_it_again_and_the_older_one_goes(scripts: Path) -> None:
    older = rootfs.archive()
    (scripts / "packages.txt").write_text("one-more\n")
    newer = rootfs.archive()
    assert newer != older
    assert list(newer.parent.glob("*.tar")) == [newer]


def test_what_cannot_be_made_says_why(scripts: Path) -> None:
    (scripts / "build-rootfs.sh").write_text("echo no mirror >&2; exit 3\n")
    with pytest.raises(OutsideContractError, match="no mirror"):
        rootfs.archive()


def test_its_sources_are_the_scripts_of_container_nodes() -> None:
    assert {path.name for path in rootfs.SCRIPTS.iterdir()} - set(rootfs.MADE_FROM) == {
        "download-debs.sh",
        "resolve-debs.sh",
    }
