"""Every role is laid out and documented like every other, and what is documented is so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import role_tables
from checkout import ROLES, Task, load, options, role_dir, tasks

SAME_FILES = [
    "README.md",
    "defaults/main.yml",
    "meta/argument_specs.yml",
    "meta/main.yml",
    "molecule/default/converge.yml",
    "molecule/default/molecule.yml",
    "molecule/default/verify.yml",
    "tasks/main.yml",
]
SHARED = {name: option for name, option in options("preflight").items() if name.startswith("lab_")}
each_role = pytest.mark.parametrize("role", ROLES)


@each_role
def test_every_role_has_the_same_files(role: str) -> None:
    missing = [name for name in SAME_FILES if not (role_dir(role) / name).is_file()]
    assert not missing


@each_role
def test_documented_defaults_are_the_real_ones(role: str) -> None:
    own = {name: option for name, option in options(role).items() if not name.startswith("lab_")}
    documented = {name: option["default"] for name, option in own.items() if "default" in option}
    assert (load(role_dir(role) / "defaults/main.yml") or {}) == documented


@each_role
def test_variables_are_named_after_their_role(role: str) -> None:
    assert [name for name in options(role) if not name.startswith((f"{role}_", "lab_"))] == []
    internal = role_dir(role) / "vars/main.yml"
    names = (load(internal) or {}) if internal.exists() else {}
    assert [name for name in names if not name.startswith(f"__{role}_")] == []


@each_role
def test_what_a_role_takes_from_the_lab_is_documented(role: str) -> None:
    used = {name for _, text in _texts(role) for name in SHARED if re.search(rf"\b{name}\b", text)}
    assert used - set(options(role)) == set()


@each_role
def test_a_variable_means_the_same_to_every_role(role: str) -> None:
    shared = {name: option for name, option in options(role).items() if name.startswith("lab_")}
    assert shared.keys() <= SHARED.keys()
    assert {name: option.get("type") for name, option in shared.items()} == {
        name: SHARED[name].get("type") for name in shared
    }


@each_role
def test_every_variable_has_a_type_and_a_meaning(role: str) -> None:
    assert [name for name, option in options(role).items() if not {"type", "description"} <= option.keys()] == []


@each_role
def test_the_table_in_the_readme_is_that_of_the_specification(role: str) -> None:
    readme = (role_dir(role) / "README.md").read_text()
    assert role_tables.with_tables(readme, role_tables.tables(role_dir(role))) == readme, "run make docs"


@each_role
@pytest.mark.parametrize("kind", ["bool", "int"])
def test_a_condition_may_get_its_values_from_the_command_line(role: str, kind: str) -> None:
    """-e name=false and -e name=2 give text: without `| bool` or `| int` a condition would stop the run."""
    names = {name for each in ROLES for name, option in options(each).items() if option.get("type") == kind}
    bare = re.compile(rf"\b({'|'.join(sorted(names))})\b(?!\s*\|\s*{kind})")
    wrong = [f"{task.file}: {condition}" for task in tasks(role) for condition in _conditions(task)]
    assert [each for each in wrong if bare.search(each) and not re.search(r"is (not )?defined", each)] == []


@each_role
def test_task_files_hold_one_concern_each(role: str) -> None:
    long = {path.name for path in (role_dir(role) / "tasks").glob("*.yml") if len(path.read_text().splitlines()) > 80}
    assert long == set()


@each_role
def test_the_names_of_tasks_in_a_file_are_told_apart(role: str) -> None:
    names = [(task.file, task.content.get("name")) for task in tasks(role)]
    assert len(names) == len(set(names))


def _texts(role: str) -> Iterator[tuple[str, str]]:
    """Give what a role consists of for Ansible: its YAML without comments, and its templates."""
    for directory in ("tasks", "handlers", "vars", "defaults"):
        for path in sorted((role_dir(role) / directory).glob("*.yml")):
            yield path.name, str(load(path))
    for path in sorted((role_dir(role) / "templates").rglob("*")):
        if path.is_file():
            yield path.name, path.read_text()


def _conditions(task: Task) -> Iterator[str]:
    keywords = [task.content.get(key) for key in ("when", "until", "changed_when", "failed_when")]
    asserted = task.content.get("ansible.builtin.assert")
    if isinstance(asserted, Mapping):
        keywords.append(asserted.get("that"))
    for value in keywords:
        yield from _strings(value)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


@each_role
def test_advice_that_is_no_failure_has_whole_commands(role: str) -> None:
    """The callback completes those of failures and of a stage's own lines; debug is Ansible's."""
    said = [
        task.content["ansible.builtin.debug"]["msg"] for task in tasks(role) if "ansible.builtin.debug" in task.content
    ]
    assert [text for text in said if "ansible-playbook" in text and "| lab_commands" not in text] == []
