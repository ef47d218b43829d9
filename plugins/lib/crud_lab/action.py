"""What the lab's action plugins have in common."""

from __future__ import annotations

import sys
from abc import abstractmethod
from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from crud_lab.commands import Commands
from crud_lab.errors import LabError


class LabAction(ActionBase):
    """A task that runs on the controller alone; its DOCUMENTATION says which arguments it takes."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Check the arguments, act, and turn a LabError into a failed task, with this run's options in its commands."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(self._documented_arguments())  # type: ignore[no-untyped-call] # Ansible's
        try:
            return {**result, **self.act(arguments, task_vars or {})}
        except LabError as error:
            # Ansible would append the causes: the same sentence once more, then the raw error that it explains.
            raise AnsibleActionFail(Commands.of_run().complete(str(error))) from None

    @abstractmethod
    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Do the task's work and give its result."""

    @property
    def check_mode(self) -> bool:
        """Whether nothing may be changed."""
        return bool(self._task.check_mode)

    def state_dir(self, variables: dict[str, Any]) -> Path:
        """Give the state directory of the lab."""
        return Path(str(self._templar.template(variables["lab_state_dir"])))

    def _documented_arguments(self) -> dict[str, dict[str, Any]]:
        options = yaml.safe_load(sys.modules[type(self).__module__].DOCUMENTATION)["options"]
        facts = ("type", "elements", "choices", "default", "required")
        return {name: {fact: option[fact] for fact in facts if fact in option} for name, option in options.items()}
