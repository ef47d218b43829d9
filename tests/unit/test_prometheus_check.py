"""What the role prometheus says where nothing can check its configuration."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLAY = """
- hosts: controller
  gather_facts: false
  tasks:
    - ansible.builtin.include_role:
        name: prometheus
        tasks_from: check
"""


def test_a_bundle_without_promtool_is_told(tmp_path: Path) -> None:
    play = tmp_path / "play.yml"
    play.write_text(PLAY)
    places = [f"-elab_bundle_dir={tmp_path}/none", f"-elab_state_dir={tmp_path}"]
    done = subprocess.run(
        ["ansible-playbook", play, *places],
        cwd=ROOT,
        env=os.environ | {"ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "msg: The bundle has no promtool, so configuration and rules are not checked.\n" in done.stdout
    assert (tmp_path / "prometheus.yml").exists(), "it is written all the same"
