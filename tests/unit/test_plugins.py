"""The action plugins and the callback in Ansible itself."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from crud_lab import lock

ROOT = Path(__file__).resolve().parents[2]
STAGES = """
- name: Try the plugins
  hosts: localhost
  gather_facts: false
  vars:
    lab_state_dir: "{{ playbook_dir }}/state"
  tasks:
    - name: Lock
      lab_lock:
    - name: Take long
      ansible.builtin.command: "true"
      vars:
        lab_usual_seconds: "{{ 30 + 10 }}"
    - name: Take long in vain
      when: 1 == 2
      ansible.builtin.command: "true"
      vars:
        lab_usual_seconds: 50
    - name: Need
      lab_require:
        stage: k3s
        needs: [node]
      register: need
    - name: Advise
      ansible.builtin.debug:
        msg: "{{ 'Run ansible-playbook site.yml --tags app.' | lab_commands }}"
    - name: Record
      when: need.ready
      lab_record:
        stage: k3s
        facts: {version: "1"}
        summary: node Ready
        next: image
"""


def play(playbook: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a playbook with the repository's own configuration, as a user without a terminal."""
    program = shutil.which("ansible-playbook")
    assert program, "make check sets the environment up"
    environment = {
        **os.environ,
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
        "ANSIBLE_INVENTORY": str(ROOT / "tests/inventory/hosts.yml"),
        "ANSIBLE_NOCOLOR": "1",
    }
    return subprocess.run(
        [program, playbook, *arguments],
        cwd=playbook.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def stages(tmp_path: Path) -> Path:
    playbook = tmp_path / "stages.yml"
    playbook.write_text(STAGES)
    return playbook


@pytest.fixture
def guard(tmp_path: Path) -> Path:
    """The part of preflight that every run begins with, in a state directory of its own."""
    playbook = tmp_path / "guard.yml"
    guard = {"role": "preflight", "vars": {"preflight_requirements_enabled": False}}
    content = [{"name": "Guard", "hosts": "controller", "gather_facts": False, "roles": [guard]}]
    playbook.write_text(json.dumps(content))
    return playbook


def test_a_finished_stage_is_recorded_and_told(stages: Path) -> None:
    state = stages.parent / "state"
    state.mkdir()
    (state / "lab.json").write_text('{"node": {}}')
    run = play(stages, "--extra-vars=k3s_state=absent", "-ecrud_api_resource=notes")
    assert run.returncode == 0, run.stdout
    command = f"ansible-playbook {ROOT}/site.yml --tags image -e crud_api_resource=notes\n"
    assert re.search(rf"\nk3s         done in \d+ s: node Ready \| next: {re.escape(command)}", run.stdout)
    advice = f"Run ansible-playbook {ROOT}/site.yml --tags app -e crud_api_resource=notes."
    assert advice in " ".join(run.stdout.split())
    assert "  Take long, usually 40 s\n" in run.stdout
    assert "usually 50 s" not in run.stdout
    assert json.loads((state / "lab.json").read_text()) == {"node": {}, "k3s": {"version": "1"}}


def test_a_stage_run_too_early_says_what_comes_first_at_the_very_end(stages: Path) -> None:
    run = play(stages)
    assert run.returncode == 2
    assert run.stdout.rstrip().endswith(
        f"Stage k3s needs node first: run ansible-playbook {ROOT}/site.yml --tags node"
        " | again: ansible-playbook stages.yml"
    )
    assert run.stdout.rpartition("failed: ")[2].count("needs node first") == 1
    assert not (stages.parent / "state" / "lab.json").exists()


def test_check_mode_says_what_would_run_and_writes_nothing(stages: Path) -> None:
    run = play(stages, "--check")
    assert run.returncode == 0, run.stdout
    assert "\nk3s         would run after node\n" in run.stdout
    assert "usually 40 s" not in run.stdout
    assert not (stages.parent / "state").exists()


def test_every_wrong_variable_is_named_before_anything_changes(guard: Path) -> None:
    state = guard.parent / "state"
    given = ["lab_http_port=http", "lab_htp_port=8081", "lab_offline={{ nope }}", "lab_api_port=2222"]
    arguments = [f"--extra-vars={each}" for each in [f"lab_state_dir={state}", *given]]
    run = play(guard, *arguments)
    assert run.returncode == 2
    for sentence in (
        "lab_http_port is 'http', but must be a port, 1 to 65535: correct what -e gives for lab_http_port.",
        "lab_htp_port is no variable of this lab: did you mean lab_http_port?",
        "lab_offline can't be evaluated ('nope' is undefined): correct what -e gives for lab_offline.",
        "lab_ssh_port and lab_api_port are the same port, 2222: give each its own.",
    ):
        assert sentence in run.stdout
    assert "changed=0 " in run.stdout
    assert not state.exists()


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """An inventory like the repository's, for choices of one's own."""
    copy = tmp_path / "inventory"
    shutil.copytree(ROOT / "tests/inventory", copy)
    return copy


def test_own_choices_win_over_the_files_of_the_repository(guard: Path, inventory: Path) -> None:
    (inventory / "group_vars/all/local.yml").write_text("lab_http_port: 2299\nlab_ssh_port: 2299\n")
    run = play(guard, f"--inventory={inventory}/hosts.yml")
    assert "lab_ssh_port and lab_http_port are the same port, 2299" in run.stdout
    run = play(guard, f"--inventory={inventory}/hosts.yml", "--extra-vars=lab_ssh_port=2298")
    assert run.returncode == 0, run.stdout


def test_own_choices_are_checked_by_name_and_value(guard: Path, inventory: Path) -> None:
    (inventory / "group_vars/all/local.yml").write_text("crud_resource: notes\ncrud_api_replicas: many\n")
    run = play(guard, f"--inventory={inventory}/hosts.yml")
    assert run.returncode == 2
    local = "inventory/group_vars/all/local.yml"
    for sentence in (
        f"crud_resource in {local} is no variable of this lab: did you mean crud_api_resource?",
        f"crud_api_replicas is 'many', but must be a whole number: correct it in {local} or give another with -e.",
    ):
        assert sentence in run.stdout
    assert run.stdout.rstrip().endswith(f"| again: ansible-playbook guard.yml --inventory={inventory}/hosts.yml")


def test_a_run_that_is_held_up_says_by_whom(guard: Path) -> None:
    state = guard.parent / "state"
    arguments = [f"--extra-vars=lab_state_dir={state}"]
    holder = lock.Holder.current()
    lock.acquire(state, holder)
    run = play(guard, *arguments)
    assert run.returncode == 2
    assert f"This lab is being changed by {holder.user} (pid {os.getpid()}, since" in run.stdout
