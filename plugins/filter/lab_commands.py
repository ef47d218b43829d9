"""Let the messages of roles have commands that work as printed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab.commands import Commands

DOCUMENTATION = """
name: lab_commands
short_description: Give each ansible-playbook command in a message the options of this run
description:
  - What C(-e) gave is repeated, but no secret, and nothing that was for one run.
  - Failures of lab_* tasks need it not; nor does the line at the end of a failed run.
options:
  _input:
    description: The message.
    type: str
    required: true
"""

RETURN = """
_value:
  description: The message with whole commands.
  type: str
"""


class FilterModule:
    """The filter lab_commands."""

    def filters(self) -> dict[str, Callable[[str], str]]:
        """Give it to Ansible."""
        return {"lab_commands": Commands.of_run().complete}
