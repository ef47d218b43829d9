"""Check all variables of a run before anything changes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.utils.vars import load_extra_vars

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab import specs
from crud_lab.action import LabAction
from crud_lab.errors import LabError
from crud_lab.variables import Checker, Scope

DOCUMENTATION = """
name: lab_variables
short_description: Check all variables of a run before anything changes
description:
  - Compares the variables of every host with what all roles document in C(meta/argument_specs.yml).
  - An unknown name fails the task with the nearest known ones, a value of the wrong kind with the right kind.
  - Names count that are given with C(-e), that stand in C(lab.yml) or C(local.yml) of C(group_vars/all/), or that begin
    with C(lab_) or a role's name.
options: {}
"""

EDITED = ("lab.yml", "local.yml")


class ActionModule(LabAction):
    """The task lab_variables."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Check names and values."""
        checker = Checker(specs.read(), specs.role_names(), load_extra_vars(self._loader), self._chosen(variables))
        problems = checker.problems(self._scopes(variables))
        if problems:
            raise LabError("\n".join(problems))
        return {"changed": False}

    def _chosen(self, variables: dict[str, Any]) -> dict[str, str]:
        """Give the names in the files that users edit, each with its file."""
        found: dict[str, str] = {}
        for name in EDITED:
            path = Path(variables["inventory_dir"], "group_vars/all", name)
            if path.is_file():
                found |= dict.fromkeys(self._loader.load_from_file(str(path)) or {}, os.path.relpath(path))
        return found

    def _scopes(self, variables: dict[str, Any]) -> Iterator[Scope]:
        yield Scope(variables, _evaluator(lambda name: self._templar.template(variables[name])))
        hostvars = variables["hostvars"]
        for host in set(hostvars) - {variables["inventory_hostname"]}:
            yield Scope(hostvars.raw_get(host), _evaluator(hostvars[host].__getitem__))


def _evaluator(get: Callable[[str], Any]) -> Callable[[str], Any]:
    def evaluate(name: str) -> Any:
        try:
            return get(name)
        except AnsibleError as error:
            raise LabError(str(error).strip().splitlines()[0]) from error

    return evaluate
