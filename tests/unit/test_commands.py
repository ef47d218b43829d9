"""Printed commands: they mean the same lab, work as printed in bash and zsh, and give no secret away."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from crud_lab.commands import ROOT, Commands, is_secret, option


def commands(*given: str) -> Commands:
    return Commands.of(given, directory=ROOT)


def test_a_command_keeps_what_the_run_was_given() -> None:
    run = commands(
        "lab_name=other lab_http_port=8081", "crud_api_store=sqlite", "@/my passes.yml", '{"k3s_disable": ["traefik"]}'
    )
    assert run.playbook("site.yml", "k3s", "image") == (
        "ansible-playbook site.yml --tags k3s,image -e 'lab_name=other lab_http_port=8081' -e crud_api_store=sqlite"
        """ -e '@/my passes.yml' -e '{"k3s_disable": ["traefik"]}'"""
    )


def test_commands_inside_a_message_are_completed_once() -> None:
    run = commands("crud_api_resource=notes")
    message = "Run ansible-playbook site.yml --tags app, or ansible-playbook teardown.yml. Then make lab."
    whole = (
        "Run ansible-playbook site.yml --tags app -e crud_api_resource=notes, or ansible-playbook teardown.yml"
        " -e crud_api_resource=notes. Then make lab."
    )
    assert run.complete(message) == whole
    assert run.complete(whole) == whole
    assert (
        run.complete("run ansible-playbook site.yml -e crud_api_res …")
        == "run ansible-playbook site.yml -e crud_api_res …"
    )


def test_what_a_message_gives_itself_comes_last_and_wins() -> None:
    assert commands("lab_offline=true").complete("ansible-playbook site.yml --tags docker -e lab_offline=false") == (
        "ansible-playbook site.yml --tags docker -e lab_offline=true -e lab_offline=false"
    )


@pytest.mark.parametrize(
    "given",
    [
        "k3s_state=absent lab_name=other",
        '{"k3s_state": "absent", "lab_name": "other"}',
        "lab_name=other load_profile=spike",
    ],
)
def test_what_was_for_one_run_is_only_in_the_same_command_again(given: str) -> None:
    run = commands(given)
    assert run.next_step("k3s") == "ansible-playbook site.yml --tags k3s -e lab_name=other"
    assert run.again("site.yml", "k3s").startswith("ansible-playbook site.yml --tags k3s -e ")
    assert given in run.again("site.yml", "k3s")


def test_only_the_same_command_again_only_checks() -> None:
    run = Commands.of(["lab_name=x"], ["--inventory=/my hosts.yml"], ["--check"], ROOT)
    assert run.again("site.yml") == "ansible-playbook site.yml '--inventory=/my hosts.yml' -e lab_name=x --check"
    assert run.playbook("site.yml") == "ansible-playbook site.yml '--inventory=/my hosts.yml' -e lab_name=x"


@pytest.mark.parametrize(
    ("given", "hidden"),
    [
        ("ansible_become_password=x", ("ansible_become_password",)),
        ("ansible_become_password=x crud_api_faults=true", ("ansible_become_password",)),
        ('{"ansible_ssh_pass": "x", "crud_api_faults": true}', ("ansible_ssh_pass",)),
        ("docker_registry_mirrors=https://ann:x@cache", ("docker_registry_mirrors",)),
        ('{"k3s_config": {"token": "x"}}', ("k3s_config",)),
        ('{"a": ["https://ann:x@cache"]}', ("a",)),
        ('{"a": !vault "x"}', ("what can't be read",)),
    ],
)
def test_a_printed_command_has_no_secret_but_all_the_rest(given: str, hidden: tuple[str, ...]) -> None:
    run = commands(given, "lab_name=compass")
    kept = {True: " -e crud_api_faults=true", False: ""}["=true" in given]
    kept = """ -e '{"crud_api_faults": true}'""" if ": true" in given else kept
    for command in (run.playbook("site.yml"), run.again("site.yml"), run.complete("ansible-playbook site.yml")):
        assert command == f"ansible-playbook site.yml{kept} -e lab_name=compass"
    assert run.hidden == hidden


def test_a_key_file_is_no_key() -> None:
    assert not is_secret("ansible_ssh_private_key_file", "/home/me/key")
    assert is_secret("lab_key", "x")


def test_from_elsewhere_the_path_is_whole(tmp_path: Path) -> None:
    run = Commands.of([], directory=tmp_path)
    assert run.playbook("site.yml") == f"ansible-playbook {ROOT}/site.yml"
    assert run.complete("run ansible-playbook teardown.yml") == f"run ansible-playbook {ROOT}/teardown.yml"
    assert run.complete(run.playbook("site.yml", "app")) == run.playbook("site.yml", "app")


def test_what_comes_next_may_be_a_whole_command() -> None:
    assert commands("lab_name=x").next_step("source ./activate") == "source ./activate"
    assert (
        commands("lab_name=x").next_step("ansible-playbook teardown.yml")
        == "ansible-playbook teardown.yml -e lab_name=x"
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("notes", "-e x=notes"),
        ("two words", """-e '{"x": "two words"}'"""),
        (["metrics-server"], """-e '{"x": ["metrics-server"]}'"""),
        (True, """-e '{"x": true}'"""),
        ("", """-e '{"x": ""}'"""),
    ],
)
def test_a_value_is_written_as_ansible_reads_it(value: object, words: str) -> None:
    assert option("x", value) == words


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_shells_read_what_was_typed(shell: str, tmp_path: Path) -> None:
    program = shutil.which(shell)
    assert program, "make check installs it"
    given = [
        "a=1 b='x y'",
        "c=$HOME",
        '{"d": "it\'s `ls` !! ~ \\\\", "e": ["*?[x]"]}',
        "@~/f (1).yml",
        "g==x",
        '{"h": "two",\n "i": 1}',
    ]
    script = f"ansible-playbook() {{ printf '%s\\0' \"$@\"; }}\n{commands(*given).playbook('site.yml')}"
    done = subprocess.run([program, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    expected = [*given[:-1], "h=two", '{"i": 1}']
    assert done.stdout.split("\0")[:-1] == ["site.yml", *(word for text in expected for word in ("-e", text))]
