"""The task lab_bundle: what the bundler says while it runs, its answer, and its failure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_plugins import play

PLAYBOOK = """
- name: Make something
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Make
      lab_bundle:
        argv: {argv}
        chdir: /
        artefact: k3s
      register: made
    - name: Show
      ansible.builtin.debug:
        msg: "{{{{ made.bytes | default('nothing') }}}} {{{{ made is changed }}}}"
"""
GOOD = ["sh", "-c", 'echo progress: k3s 1 of 2 MB >&2; echo \'{"changed": true, "bytes": 42}\'']
BAD = ["sh", "-c", "echo progress: k3s 1 of 2 MB >&2; echo the sum is wrong >&2; exit 1"]


def written(path: Path, argv: list[str]) -> Path:
    playbook = path / "play.yml"
    playbook.write_text(PLAYBOOK.format(argv=json.dumps(argv)))
    return playbook


def test_progress_is_shown_and_the_answer_is_the_result(tmp_path: Path) -> None:
    run = play(written(tmp_path, GOOD))
    assert run.returncode == 0, run.stdout
    assert "bundle      k3s 1 of 2 MB\n" in run.stdout
    assert "42 True" in run.stdout


def test_a_failure_is_what_the_bundler_said_without_its_progress(tmp_path: Path) -> None:
    run = play(written(tmp_path, BAD))
    assert run.returncode != 0
    last = run.stdout.rstrip().splitlines()[-1]
    assert "k3s was not made. the sum is wrong" in last
    assert "of 2 MB" not in last


@pytest.mark.parametrize("argv", [GOOD, BAD], ids=["good", "bad"])
def test_check_mode_runs_nothing(tmp_path: Path, argv: list[str]) -> None:
    run = play(written(tmp_path, argv), "--check")
    assert run.returncode == 0, run.stdout
    assert "of 2 MB" not in run.stdout
    assert "nothing False" in run.stdout
