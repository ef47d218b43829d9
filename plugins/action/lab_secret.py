"""Make a secret once, and keep it in the state directory."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab.action import LabAction
from crud_lab.secret import Secret

DOCUMENTATION = """
name: lab_secret
short_description: Make a secret once, and keep it in the state directory
description:
  - Writes random letters and digits to a file that only its owner can read, unless the file is there.
  - The secret appears in no log, difference or return value.
options:
  path:
    description: The file; to get a new secret, delete it.
    type: path
    required: true
  length:
    description: The number of characters of a new secret.
    type: int
    required: true
  header:
    description: The name of an HTTP header; the file with C(.header) at its end then holds it for C(curl -H @FILE).
    type: str
"""


class ActionModule(LabAction):
    """The task lab_secret."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Make what is missing."""
        del variables
        secret = Secret(Path(arguments["path"]))
        changed = secret.ensure(arguments["length"], dry_run=self.check_mode)
        if arguments["header"]:
            changed = secret.ensure_header(arguments["header"], dry_run=self.check_mode) or changed
        return {"changed": changed}
