"""Let one run at a time change a lab."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab import lock, socket_dir
from crud_lab.action import LabAction

DOCUMENTATION = """
name: lab_lock
short_description: Let one run at a time change a lab
description:
  - Writes C(run.lock) into O(ignore:lab_state_dir), which it creates (0700) where it is missing.
  - The lock holds as long as this ansible-playbook process lives; a killed run leaves none behind.
  - The callback C(lab) removes the file when the run ends, and the directory where nothing else came into it.
  - Another run that holds it fails the task, named with its process, start and command.
  - A directory of somebody else's in the place of SSH's control socket fails it too: stages would connect by that.
  - In check mode nothing is written; a run that holds the lock still fails the task.
options: {}
"""

RETURN = """
state_dir:
  description: The directory that holds the lock.
  type: str
  returned: always
"""


class ActionModule(LabAction):
    """The task lab_lock."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Take the lock, or fail with who has it."""
        take = lock.check if self.check_mode else lock.acquire
        state_dir = self.state_dir(variables)
        socket_dir.check(state_dir)
        take(state_dir, lock.Holder.current())
        return {"changed": False, "state_dir": str(state_dir)}
