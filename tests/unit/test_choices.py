"""Choices of an earlier run: what this run would undo is said with both values, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from crud_lab import choices, specs
from crud_lab.specs import Option
from test_plugins import ROOT, play

OPTIONS = [
    Option("lab_profile", "app", {"type": "str", "required": True}),
    Option("lab_name", "app", {"type": "str", "required": True}),
    Option("app_state", "app", {"type": "str", "default": "present"}),
    Option("app_resource", "app", {"type": "str", "default": "items"}),
    Option("app_replicas", "app", {"type": "int", "default": "{{ 2 if lab_profile == 'ha' else 1 }}"}),
    Option("app_faults", "app", {"type": "bool", "default": False}),
    Option("app_disable", "app", {"type": "list", "default": []}),
    Option("app_mirror", "app", {"type": "str", "default": ""}),
    Option("app_password", "app", {"type": "str", "default": "", "no_log": True}),
]
KEPT = choices.of_stage(OPTIONS)
DEFAULTS = {option.name: option.spec.get("default", "demo") for option in OPTIONS}


def made(**raw: Any) -> dict[str, Any]:
    variables = {**DEFAULTS, **raw}
    return choices.made(KEPT, variables, variables.__getitem__)


def undone(before: dict[str, Any], given: tuple[str, ...] = (), **now: Any) -> list[str]:
    variables = {**DEFAULTS, "app_replicas": 1, **now}
    return choices.undone(before, KEPT, variables.__getitem__, {"app_resource": "/notes goes"}, given)


def test_what_is_left_at_its_default_is_no_choice() -> None:
    assert made() == {"lab_profile": "demo"}


def test_a_choice_is_what_it_means_and_not_how_it_was_typed() -> None:
    assert made(app_replicas="3", app_faults="yes") == made(app_replicas=3, app_faults=True)
    assert made(app_replicas="3") == {"lab_profile": "demo", "app_replicas": 3}


def test_no_state_no_secret_and_nothing_about_the_lab_is_kept() -> None:
    variables = {"app_state": "absent", "lab_name": "x", "app_password": "x", "app_mirror": "https://ann:x@cache"}
    assert made(**variables) == made()


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        (
            {"app_resource": "notes"},
            "app_resource was 'notes', now 'items': /notes goes. To keep it: -e app_resource=notes, or the same in "
            "inventory/group_vars/all/local.yml",
        ),
        (
            {"app_disable": ["traefik"]},
            'app_disable was ["traefik"], now []. To keep it: -e \'{"app_disable": ["traefik"]}\', or the same in '
            "inventory/group_vars/all/local.yml",
        ),
        (
            {"app_faults": True},
            "app_faults was true, now false. To keep it: -e '{\"app_faults\": true}', or the same in "
            "inventory/group_vars/all/local.yml",
        ),
    ],
)
def test_an_undone_choice_is_said_with_both_values_and_the_way_to_keep_it(
    before: dict[str, Any], sentence: str
) -> None:
    assert undone(before) == [sentence]


def test_who_has_just_decided_otherwise_needs_no_way_back() -> None:
    assert undone({"app_replicas": 3}, ("app_replicas",), app_replicas="2") == ["app_replicas was 3, now 2"]


def test_the_same_choice_and_one_that_nobody_made_are_not_mentioned() -> None:
    assert undone({"lab_profile": "demo", "app_replicas": 3}, app_replicas="3", app_resource="notes") == []


def test_a_variable_that_is_gone_since_is_forgotten() -> None:
    assert undone({"app_long_ago": 1}) == []


def test_every_role_that_records_choices_has_some() -> None:
    for role in ("crud_api", "k3s", "prometheus"):
        assert choices.of_stage(specs.of_role(role))


def test_a_run_says_what_it_undoes_and_a_check_too(tmp_path: Path) -> None:
    """The role's own task, in Ansible: its variables come from files, -e and defaults."""
    state = tmp_path / "state"
    state.mkdir()
    facts = {"resource": "notes", "store": "redis", "choices": {"lab_profile": "ha", "crud_api_resource": "notes"}}
    (state / "lab.json").write_text(json.dumps({"app": facts}))
    playbook = tmp_path / "choices.yml"
    include = {"ansible.builtin.include_role": {"name": "crud_api", "tasks_from": "choices.yml"}}
    content = [{"name": "Choose", "hosts": "controller", "gather_facts": False, "tasks": [include]}]
    playbook.write_text(json.dumps(content))
    given = [f"--extra-vars=lab_state_dir={state}", f"--extra-vars=lab_root={ROOT}"]
    for run in (play(playbook, *given), play(playbook, "--check", *given)):
        assert run.returncode == 0, run.stdout
        assert re.findall(r"^app +(.*) To keep", run.stdout, re.MULTILINE) == [
            "lab_profile was 'ha', now 'demo': Redis goes, and its records are no longer served.",
            "crud_api_resource was 'notes', now 'items': /notes will no longer be served.",
        ]
    run = play(playbook, *given, "--extra-vars=lab_profile=ha crud_api_resource=notes")
    assert not re.search(r"^app +", run.stdout, re.MULTILINE)
