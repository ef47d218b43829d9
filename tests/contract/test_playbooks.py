"""Playbooks are lists: of playbooks in the root, of roles for known hosts in playbooks/."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest
from checkout import PLAYBOOKS, ROLES, ROOT, load, role_entries

HOSTS = {"controller", "lab"}
each_playbook = pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.stem)


@pytest.mark.parametrize("name", ["site.yml", "teardown.yml"])
def test_the_root_only_imports(name: str) -> None:
    for play in load(ROOT / name):
        assert play.keys() == {"name", "ansible.builtin.import_playbook"}
        assert (ROOT / play["ansible.builtin.import_playbook"]).parent == ROOT / "playbooks"


def test_sudo_may_take_long_on_a_busy_machine() -> None:
    """Ansible's own 10 seconds for SSH and for sudo's answer were too few while the machine built something."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "ansible.cfg", encoding="utf-8")
    assert settings.getint("defaults", "timeout") >= 60


@each_playbook
def test_a_playbook_is_a_verb_and_a_noun(playbook: Path) -> None:
    assert re.fullmatch(r"[a-z]+-[a-z]+", playbook.stem)


@each_playbook
def test_a_play_gives_roles_to_known_hosts(playbook: Path) -> None:
    for play in load(playbook):
        assert {"name", "hosts", "gather_facts"} <= play.keys()
        assert play["hosts"] in HOSTS
        assert len(play.keys() & {"roles", "tasks"}) == 1
        assert not play.keys() & {"pre_tasks", "post_tasks", "handlers"}
        assert {entry["role"] for entry in play.get("roles", [])} <= set(ROLES)


@each_playbook
def test_a_play_with_tasks_only_takes_parts_of_roles(playbook: Path) -> None:
    for task in [task for play in load(playbook) for task in play.get("tasks", [])]:
        assert task.keys() == {"name", "ansible.builtin.include_role"}
        assert task["ansible.builtin.include_role"].keys() == {"name", "tasks_from"}


def test_every_role_is_in_a_playbook() -> None:
    assert {entry["role"] for playbook in PLAYBOOKS for entry in role_entries(playbook)} == set(ROLES)


def test_every_tag_is_in_the_readme_and_every_tag_there_exists() -> None:
    tags = {
        tag
        for entry in role_entries(ROOT / "site.yml")
        for tag in (entry["tags"] if isinstance(entry["tags"], list) else [entry["tags"]])
    }
    readme = (ROOT / "README.md").read_text()
    table = readme.split("| tag | runs on | gives |\n|---|---|---|\n")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| `([a-z0-9]+)` \|", table, re.MULTILINE)) == tags - {"always"}
