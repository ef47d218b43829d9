"""make setup where there is no apt: facts of other systems are fed, and nothing is changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = "packages | Ensure SSH's and HTTP's clients are installed"
COMPILERS = "packages | Ensure the compilers and Debian tools are installed"
GO = "packages | Look for a Go that is new enough"


def prepare(family: str, provider: str, programs: Path, **settings: object) -> tuple[int, str]:
    """Run the playbook as on a system of that family, and give its status and what it says, in one line."""
    facts = {f"__{role}_os_family": family for role in ("bundle", "docker_node", "preflight")} | {
        "lab_provider": provider
    }
    words = ["-e", json.dumps(facts | settings)]
    path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [
            "ansible-playbook",
            "--check",
            "--inventory=tests/inventory/hosts.yml",
            "playbooks/prepare-controller.yml",
            *words,
        ],
        cwd=ROOT,
        env=os.environ | {"PATH": path, "ANSIBLE_NOCOLOR": "1", "COLUMNS": "500"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, " ".join(done.stdout.split())


@pytest.fixture
def no_engine(tmp_path: Path) -> Path:
    """A docker whose engine does not answer."""
    program = tmp_path / "docker"
    program.write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n")
    program.chmod(0o755)
    return tmp_path


def test_on_macos_go_is_all_that_building_needs(no_engine: Path) -> None:
    status, said = prepare("Darwin", "multipass", no_engine)
    assert status == 0, said
    assert GO in said
    assert COMPILERS not in said
    assert CLIENTS not in said
    assert "changed=0" in said
    assert "no Debian" not in said


def test_on_macos_nothing_is_needed_where_kubernetes_images_come_from_a_registry(no_engine: Path) -> None:
    status, said = prepare("Darwin", "multipass", no_engine, bundle_registries={"kubernetes": "https://k8s.example"})
    assert status == 0, said
    assert GO not in said
    assert COMPILERS not in said
    assert CLIENTS not in said
    assert "changed=0" in said
    assert "no Debian" not in said


def test_on_macos_an_engine_is_started_by_its_user(no_engine: Path) -> None:
    status, said = prepare("Darwin", "docker", no_engine)
    assert status != 0
    assert "installs it on Debian and Ubuntu only: start Docker Desktop or Colima" in said
    assert COMPILERS not in said
    assert CLIENTS not in said


def test_on_another_linux_the_tools_are_named(no_engine: Path) -> None:
    status, said = prepare("RedHat", "multipass", no_engine)
    assert status == 0, said
    assert "no tools to fill a bundle with: install debian-archive-keyring, gcc," in said
    assert COMPILERS not in said
    assert CLIENTS not in said
