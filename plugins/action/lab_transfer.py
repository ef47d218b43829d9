"""Give a node a verified copy of the bundle."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from ansible.utils.display import Display
from crud_lab import progress, transfer
from crud_lab.action import LabAction

DOCUMENTATION = """
name: lab_transfer
short_description: Give a node a verified copy of the bundle
description:
  - Compares the manifests, sends what the node lacks or has otherwise, verifies it there, and removes what the bundle
    no longer has.
  - Needs nothing on the node but a shell, tar, sha256sum and sudo. A transfer that was cut off goes on where it ended.
options:
  ssh:
    description: The ssh command up to and including the host's name.
    type: list
    elements: str
    required: true
  bundle_dir:
    description: The bundle on the controller.
    type: path
    required: true
  node_dir:
    description: The directory on the node, which root makes.
    type: str
    required: true
"""

RETURN = """
sent:
  description: The files that were sent, or would be.
  type: list
  elements: str
  returned: always
"""


class ActionModule(LabAction):
    """The task lab_transfer."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Send what changed, one line for each file."""
        del variables
        node = transfer.Node(arguments["ssh"], arguments["node_dir"])
        sent = transfer.transfer(Path(arguments["bundle_dir"]), node, _tell, write=not self.check_mode)
        return {"changed": bool(sent), "sent": sent}


def _tell(text: str) -> None:
    Display().display(progress.line("node", text), color="blue")
