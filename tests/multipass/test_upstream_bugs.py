"""One test per known bug of Multipass that is worked around, named after its number in canonical/multipass."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from harness import NAME, World, call
from multipass_client import client, guest
from multipass_client.errors import MultipassError
from stand_in import userdata
from test_states import LAUNCH, PURGE

ROOT = Path(__file__).resolve().parents[2]


def test_1039_1525_4827_a_boot_slower_than_five_minutes_is_no_failure(world: World) -> None:
    world.fault("daemon-timeout=60")
    world.present()
    assert world.changes == [LAUNCH]


def test_4845_an_exit_status_does_not_decide_the_state_does(world: World) -> None:
    world.fault("init-timeout")
    assert world.present().changed
    assert world.state() == "Running"


def test_5060_a_failed_cloud_init_fails_the_run_though_launch_succeeded(world: World) -> None:
    world.fault("cloud-init-error")
    with pytest.raises(MultipassError, match=r"cloud-init failed in lab: .*write-files"):
        world.present()
    assert world.state() == "Running", "it is left for a look inside"


def test_2387_unknown_for_good_is_freed_by_a_forced_stop_and_a_start_once(world: World) -> None:
    world.has(NAME, "Unknown", looks=10**6)
    world.present()
    assert [line.split()[0] for line in world.changes] == ["stop", "start"]


def test_3771_4428_no_command_ends_with_4(world: World) -> None:
    world.has(NAME, "Running")
    assert call(("exec", "-n", NAME, "--", "exit", "4")).status == 70, "the stand-in shows the endless loop"
    assert guest.execute(world.client, NAME, "exit", "4", limit=5).status == 104


def test_1672_3693_user_data_comes_by_standard_input(world: World) -> None:
    world.present()
    (launch,) = (each for each in world.client.calls if each[0] == "launch")
    assert launch[launch.index("--cloud-init") + 1] == "-"


def test_189_499_a_deleted_name_is_recovered_and_absent_frees_it(world: World) -> None:
    world.has(NAME, "Deleted")
    world.present()
    assert world.changes[0] == f"recover {NAME}"
    world.has(NAME, "Deleted")
    world.absent()
    assert world.changes[-1] == PURGE


def test_1992_5219_no_other_guest_is_asked_for_its_addresses(world: World) -> None:
    world.present()
    lists = [each for each in world.client.calls if each[0] == "list"]
    assert lists
    assert all("--no-ipv4" in each for each in lists)
    assert all(each[1] == NAME for each in world.client.calls if each[0] == "info")


def test_5177_every_call_names_one_instance_so_that_none_aborts_another(world: World) -> None:
    assert call(("info", NAME, "nope", "--format", "json")).status == 2
    world.has(NAME, "Running")
    assert call(("info", NAME, "nope", "--format", "json")).stdout == "", "the missing one aborts the lot"
    world.present()
    assert not any("nope" in each for each in world.client.calls)


def test_667_1180_2079_no_call_reads_the_terminal_or_waits_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    def run(words: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        asked.update(options, words=words)
        raise subprocess.TimeoutExpired(words, 1)

    monkeypatch.setattr(subprocess, "run", run)
    assert client.run_program(("list",), "", 60).timed_out
    assert asked["input"] == ""
    assert asked["timeout"] == 60
    assert "shell" not in asked


def test_829_an_image_server_out_of_reach_is_named_with_a_way_round(world: World) -> None:
    world.fault("offline")
    with pytest.raises(MultipassError, match=r"can't reach its image server: .*file:///"):
        world.present()


def test_1714_2747_a_broken_download_is_named_with_its_cure(world: World) -> None:
    world.fault("hash-mismatch")
    with pytest.raises(MultipassError, match="network-cache"):
        world.present()


def test_1097_1295_4176_the_role_s_user_data_has_nothing_that_a_lost_quote_changes() -> None:
    template = yaml.safe_load((ROOT / "roles/multipass_vm/vars/main.yml").read_text())["__multipass_vm_user_data"]
    variables = {"__multipass_vm_public_key": "ssh-ed25519 AAAA lab\n"}
    given = Templar(DataLoader(), variables).template(trust_as_template(template))
    arrived = yaml.safe_load(userdata.emit(given))
    assert arrived == {"ssh_authorized_keys": ["ssh-ed25519 AAAA lab", userdata.OWN_KEY]}
    assert userdata.complaint(userdata.emit(given)) == "done"


def test_every_number_that_the_code_names_is_in_the_name_of_a_test() -> None:
    files = [
        *(ROOT / "plugins/module_utils/multipass_client").glob("*.py"),
        *(ROOT / "roles/multipass_vm/tasks").glob("*"),
    ]
    named = {number for file in files for number in re.findall(r"#(\d{3,5})\b", file.read_text())}
    tested = {number for name in globals() if name.startswith("test_") for number in re.findall(r"\d{3,5}", name)}
    assert named
    assert named - tested == set()


def test_a_dead_daemon_is_found_though_version_ends_with_0(world: World) -> None:
    world.fault("daemon-down")
    assert call(("version", "--format", "json")).status == 0
    with pytest.raises(MultipassError, match="daemon does not answer"):
        world.present()
