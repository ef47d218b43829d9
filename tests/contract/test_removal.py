"""site.yml holds no task that can remove node, volume or data, whatever the tags.

What removes a role's work is in its tasks/absent.yml, which runs only where someone sets <role>_state to absent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from checkout import PLAYBOOKS, ROOT, Task, load, role_dir, role_entries, tasks

REMOVING = {"absent.yml"}
# Tasks that remove something of no lasting worth: role, name of the task, and why it may.
ALLOWED = {
    ("preflight", "Ensure the throwaway machine is gone"): "made a moment before, by the task above it",
    ("crud_image", "Ensure Docker has the base image"): "the image's second name; the image stays",
    ("crud_image", "Ensure the build context is gone from the node"): "a copy of app/",
    ("crud_image", "Ensure the build context is gone from the controller"): "a copy of app/",
    ("crud_image", "Ensure Docker's build cache stays small"): "layers that a build makes anew",
    ("crud_image", "Ensure k3s has no superfluous image"): "images of app/ before the last two, built anew at will",
    ("crud_image", "Ensure Docker has no superfluous image"): "images of app/ before the last two, built anew at will",
}
SITE_ROLES = sorted({entry["role"] for entry in role_entries(ROOT / "site.yml")})
COMMANDS = {f"ansible.builtin.{name}" for name in ("command", "shell", "raw", "script")}
VERBS = re.compile(r"\b(rm|rmi|rmdir|delete|prune|purge|remove|uninstall|unlink|shred|mkfs|wipefs|down|kill|stop)\b")


def removes(task: Task) -> bool:
    """Tell whether a task's arguments ask for something to be gone."""
    for module, arguments in task.content.items():
        if "." not in module and not module.startswith(("lab_", "multipass_")):
            continue
        if isinstance(arguments, dict) and "absent" in str(arguments.get("state", "")):
            return True
        if module.endswith(".docker_container") and _may_make_anew(arguments):
            return True
        if module in COMMANDS and VERBS.search(_words(arguments)):
            return True
    return False


def _may_make_anew(container: Mapping[str, Any]) -> bool:
    """Tell whether the module may remove a container to make one with other settings."""
    return "recreate" in container or (container.get("comparisons") or {}).get("*") != "ignore"


def _words(arguments: Any) -> str:
    if isinstance(arguments, dict):
        arguments = arguments.get("argv") or arguments.get("cmd") or arguments
    return " ".join(map(str, arguments)) if isinstance(arguments, list) else str(arguments)


@pytest.mark.parametrize("role", SITE_ROLES)
def test_only_what_is_asked_to_be_absent_is_removed(role: str) -> None:
    found = [f"{task.file}: {task.name}" for task in tasks(role) if removes(task) and not _may(task)]
    assert found == []


def _may(task: Task) -> bool:
    return task.file.rpartition("/")[2] in REMOVING or (task.role, task.name) in ALLOWED


def test_every_exception_is_still_needed() -> None:
    found = {(task.role, task.name) for role in SITE_ROLES for task in tasks(role) if removes(task)}
    assert ALLOWED.keys() <= found


def test_nothing_is_absent_by_default() -> None:
    defaults = {
        name: value
        for role in SITE_ROLES
        for name, value in (load(role_dir(role) / "defaults/main.yml") or {}).items()
        if name.endswith("_state")
    }
    assert set(defaults.values()) <= {"present"}


def test_site_sets_nothing_absent() -> None:
    site = [entry for entry in role_entries(ROOT / "site.yml") if "absent" in str(entry.get("vars", {}))]
    assert site == []


def test_the_scan_finds_what_it_is_for() -> None:
    """A scan that finds nothing anywhere would prove nothing."""
    all_roles = sorted({entry["role"] for playbook in PLAYBOOKS for entry in role_entries(playbook)})
    removing = {task.role for role in all_roles for task in tasks(role) if removes(task)}
    assert {"docker_node", "multipass_vm", "crud_api"} <= removing
