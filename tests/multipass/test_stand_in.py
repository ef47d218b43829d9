"""What the transcripts don't show: user-data, hidden folders, and the refusal of all that is outside the contract."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from harness import NAME, World, call
from stand_in import userdata

PROGRAM = Path(__file__).parent / "bin/multipass"
USER_DATA = """\
## template: jinja
#cloud-config
# a comment
hostname: lab1   # trailing comment
ssh_authorized_keys:
  - "ssh-ed25519 AAAA lab@test"
write_files:
  - path: /etc/lab/marker
    permissions: "0644"
    owner: root:root
    content: |
      line one
      line two: with colon
lab_test:
  dq_yes: "yes"
  dq_num: "123"
  dq_time: "12:34"
  dq_tilde: "~"
  null_v: ~
  empty:
  dq_empty: ""
  dq_hash: "a # b"
  dq_jinja: "{{ v1.local_hostname }}"
  list: [a, "b", 'c']
"""
ARRIVED = f"""\
#cloud-config
hostname: lab1
ssh_authorized_keys:
  - ssh-ed25519 AAAA lab@test
  - {userdata.OWN_KEY}
write_files:
  - path: /etc/lab/marker
    permissions: 0644
    owner: "root:root"
    content: "line one\\nline two: with colon\\n"
lab_test:
  dq_yes: yes
  dq_num: 123
  dq_time: "12:34"
  dq_tilde: "~"
  null_v: ~
  empty: ~
  dq_empty: ""
  dq_hash: "a # b"
  dq_jinja: "{{{{ v1.local_hostname }}}}"
  list: [a, b, c]
"""


def test_user_data_is_written_anew_without_comments_and_quotes() -> None:
    assert userdata.emit(USER_DATA) == ARRIVED


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("write_files: [{path: /x, permissions: '0644'}]", "done"),
        ("write_files:\n- path: /x\n  permissions: '0644'", "degraded"),
        ("write_files:\n- path: /x\n  content: 'yes'", "error"),
        ("", "done"),
    ],
)
def test_lost_quotes_are_cloud_init_s_trouble(text: str, ending: str) -> None:
    emitted = userdata.emit(text) if not text.startswith("write_files: [") else text
    assert userdata.complaint(emitted) == ending


@pytest.mark.parametrize("folder", [".cache", "lab/.hidden"])
def test_hidden_folders_are_out_of_sight(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for directory in (tmp_path / folder, tmp_path / "seen"):
        directory.mkdir(parents=True)
        (directory / "x.yml").write_text("{}")
    assert call(("launch", "24.04", "--name", "a", "--cloud-init", str(tmp_path / folder / "x.yml"))).status == 1
    assert call(("launch", "24.04", "--name", "a", "--cloud-init", str(tmp_path / "seen/x.yml"))).status == 0


@pytest.mark.parametrize(
    "words",
    [
        "purge",
        "suspend lab",
        "transfer a lab:b",
        "delete lab",
        "list --format json",
        "list",
        "info --format json",
        "info lab",
        "stop lab other",
        "launch 24.04",
        "launch --name lab",
        "launch 24.04 --name lab --mount /x",
        "exec lab -- true",
        "exec -n lab -- rm -rf /",
    ],
)
def test_what_is_outside_the_contract_fails_loudly(world: World, words: str) -> None:
    world.has(NAME, "Running")
    world.has("other", "Running", ours=False)
    answer = call(tuple(words.split()))
    assert answer.status == 70
    assert answer.stderr.startswith("stand-in: outside the contract: ")
    assert (world.state(), world.state("other")) == ("Running", "Running")


def test_an_unknown_fault_is_no_fault(world: World) -> None:
    world.fault("unkown")
    with pytest.raises(SystemExit, match="no such fault: unkown"):
        call(("list", "--no-ipv4", "--format", "json"))


def test_the_program_runs_and_keeps_a_log_of_its_calls(tmp_path: Path) -> None:
    words = ["list", "--no-ipv4", "--format", "json"]
    environment = os.environ | {"MULTIPASS_STAND_IN_DIR": str(tmp_path)}
    done = subprocess.run([PROGRAM, *words], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"list": []}
    assert [json.loads(line) for line in (tmp_path / "calls.jsonl").read_text().splitlines()] == [words]


def test_it_does_nothing_where_no_test_has_chosen_its_place() -> None:
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run([PROGRAM, "list"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "MULTIPASS_STAND_IN_DIR" in done.stderr
