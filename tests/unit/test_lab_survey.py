"""What teardown finds, and the receipt that it ends with."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from crud_lab import survey
from crud_lab.survey import DockerSilentError, Thing


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Docker with the lab e2e of this checkout and one of another's, and an image of each."""
    path = tmp_path / "bin" / "docker"
    path.parent.mkdir()
    other = tmp_path / "other"
    other.mkdir()
    path.write_text(f"""#!/bin/sh
case "$*" in
  ps*label=crud-lab=e2e) printf 'e2e\\t{tmp_path}\\nforeign\\t{other}\\n';;
  volume*label=crud-lab=e2e) printf 'e2e-var-lib\\t/moved/away\\n';;
  image*label=crud-lab.rootfs*) printf '1\\tcrud-lab/node:1\\n2\\tcrud-lab/node:2\\n';;
  ps*ancestor=1*) echo e2e;;
  ps*ancestor=2*) echo foreign;;
esac
""")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(path.parent), prepend=":")
    return path


@pytest.fixture
def tunnel(tmp_path: Path) -> Iterator[int]:
    """A process that looks like a tunnel of this lab."""
    code = "import sys, time; print(flush=True); time.sleep(60)"
    command = ["ssh", "-c", code, "-F", str(tmp_path / "ssh_config")]
    with subprocess.Popen(command, executable=sys.executable, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        yield process.pid
        process.kill()


def test_docker_is_asked_by_label(docker: Path, tmp_path: Path) -> None:
    assert survey.docker_objects("e2e", tmp_path) == [
        Thing("container", "e2e"),
        Thing("volume", "e2e-var-lib"),
        Thing("image", "crud-lab/node:1"),
    ]
    assert survey.docker_objects("another", tmp_path) == []


def test_a_silent_docker_is_told_from_an_empty_one(docker: Path) -> None:
    docker.write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n")
    with pytest.raises(DockerSilentError, match="Cannot connect"):
        survey.docker_objects("e2e", docker)


def test_a_tunnel_is_found_by_the_labs_ssh_config(tmp_path: Path, tunnel: int) -> None:
    assert [thing.pid for thing in survey.connections(tmp_path)] == [tunnel]
    assert survey.connections(tmp_path / "another") == []


def test_a_state_directory_with_only_the_lock_is_no_lab(tmp_path: Path) -> None:
    assert survey.files(tmp_path / "missing") == []
    (tmp_path / "run.lock").touch()
    assert survey.files(tmp_path) == []
    (tmp_path / "lab.json").touch()
    assert survey.files(tmp_path) == [Thing("directory", str(tmp_path))]


def test_the_size_is_that_of_all_files(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.tar").write_bytes(b"12345")
    (tmp_path / "manifest.json").write_bytes(b"12")
    assert survey.size(tmp_path) == 7


BEFORE = [Thing("container", "e2e"), Thing("directory", "/lab/.lab/e2e")]


def test_the_receipt_names_what_went_and_what_was_kept() -> None:
    text = survey.receipt(BEFORE, [], "Kept: the bundle", planned=False)
    assert text == "Removed\n  container  e2e\n  directory  /lab/.lab/e2e\n0 left over\nKept: the bundle"


def test_the_receipt_names_what_is_left_over() -> None:
    text = survey.receipt(BEFORE, BEFORE[:1], "", planned=False)
    assert text == "Removed\n  directory  /lab/.lab/e2e\n1 left over, container e2e"


def test_check_mode_names_what_would_go() -> None:
    text = survey.receipt(BEFORE, BEFORE, "", planned=True)
    assert text == "Would remove\n  container  e2e\n  directory  /lab/.lab/e2e"


def test_without_a_lab_nothing_is_removed() -> None:
    assert survey.receipt([], [], "", planned=False) == "Removed: nothing, there is no such lab\n0 left over"
