"""Make the directory of SSH's control socket, for this user alone, or remove it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab import socket_dir
from crud_lab.action import LabAction

DOCUMENTATION = """
name: lab_socket_dir
short_description: Make the directory of SSH's control socket, for this user alone, or remove it
description:
  - It is where the filter of the same name says; a state directory whose path is short enough is left as it is.
  - A directory or link of somebody else's fails the task.
options:
  state:
    description: V(absent) removes it wherever an earlier run may have made it.
    type: str
    choices: [present, absent]
    default: present
"""


class ActionModule(LabAction):
    """The task lab_socket_dir."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Make or remove it."""
        act = socket_dir.ensure if arguments["state"] == "present" else socket_dir.remove
        return {"changed": bool(act(self.state_dir(variables), dry_run=self.check_mode))}
