"""What `make setup` installs for good is what the README says, with how to remove it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from checkout import ROOT, load, role_dir

PLAYBOOK = ROOT / "playbooks/prepare-controller.yml"
APT = "ansible.builtin.apt"
VARIABLE = re.compile(r"__\w+_packages(?:_more)?\b")


def test_the_readme_names_every_package_that_setup_installs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("`make setup` installs for good:")[2].partition("\n## ")[0]
    removed = {word for words in re.findall(r"apt-get purge ([a-z0-9 .+-]+)", section) for word in words.split()}
    # What only some releases have can't stand in a command for all.
    assert removed | set(re.findall(r"also `([a-z0-9.+-]+)`", section)) == installed()


def installed() -> set[str]:
    """Give the names of Debian packages in all tasks that the playbook reaches."""
    names: set[str] = set()
    for role, task in reached():
        if APT in task:
            variables = load(role_dir(role) / "vars/main.yml")
            used = VARIABLE.findall(str(task[APT]["name"]))
            assert used, f"{task['name']}: the list belongs into vars/main.yml, where this test finds it"
            names.update(name for variable in used for name in flat(variables[variable]))
    assert names
    return names


def reached() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the tasks of the task files that the playbook includes, and of those that they include."""
    for play in load(PLAYBOOK):
        for task in play["tasks"]:
            entry = task["ansible.builtin.include_role"]
            yield from tasks_of(entry["name"], role_dir(entry["name"]) / "tasks" / entry["tasks_from"])


def tasks_of(role: str, path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the tasks of a file, and those of the files that it includes."""
    for task in load(path):
        yield role, task
        for how in ("ansible.builtin.include_tasks", "ansible.builtin.import_tasks"):
            if how in task:
                included = task[how] if isinstance(task[how], str) else task[how]["file"]
                yield from tasks_of(role, path.with_name(included))


def flat(names: list[str] | dict[str, list[str]]) -> list[str]:
    """Give the names of a list, or of lists by release."""
    return names if isinstance(names, list) else [name for more in names.values() for name in more]
