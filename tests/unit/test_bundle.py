"""What roles read of the bundle's manifest: files of the bundle, and of nobody else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from crud_lab.bundle import confined
from crud_lab.errors import LabError

ROOT = Path(__file__).resolve().parents[2]


def manifest(path: str) -> dict[str, object]:
    return {"artefacts": {"rootfs": {"kind": "rootfs", "files": [{"path": path, "sha256": "0" * 64, "size": 1}]}}}


@pytest.mark.parametrize("path", ["node/rootfs.tar", "a b/ü.tar", "..a/b", ".hidden"])
def test_a_file_of_the_bundle_need_not_be_there(tmp_path: Path, path: str) -> None:
    assert confined(manifest(path), tmp_path) == manifest(path)


@pytest.mark.parametrize("path", ["/etc/shadow", "../rootfs.tar", "node/../../rootfs.tar", "out/rootfs.tar"])
def test_a_path_that_leads_out_is_named(tmp_path: Path, path: str) -> None:
    (tmp_path / "out").symlink_to("/")
    with pytest.raises(LabError, match=rf"^{tmp_path}/manifest\.json names '{path}'"):
        confined(manifest(path), tmp_path)


def test_where_there_is_no_bundle_there_is_nothing_to_refuse(tmp_path: Path) -> None:
    assert confined({}, tmp_path / "missing") == {}


def test_roles_are_given_no_manifest_that_leads_out(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(manifest("../rootfs.tar")))
    program = shutil.which("ansible")
    assert program, "make check sets the environment up"
    command = [program, "controller", f"--inventory={ROOT}/inventory", f"--extra-vars=lab_bundle_dir={tmp_path}"]
    done = subprocess.run(
        [*command, "--module-name", "debug", "--args", "msg={{ lab_manifest.artefacts.rootfs.files[0].path }}"],
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode
    assert "names '../rootfs.tar', which leads out of that directory" in " ".join((done.stdout + done.stderr).split())
