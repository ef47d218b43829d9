"""Say which stages must run before this one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab.action import LabAction
from crud_lab.errors import LabError
from crud_lab.learned import Learned

DOCUMENTATION = """
name: lab_require
short_description: Say which stages must run before this one
description:
  - Fails when C(lab.json) in O(ignore:lab_state_dir) lacks a stage that this one needs, and names its tag.
  - In check mode it reports a change instead, with RV(ready) false, so that a role can end there.
options:
  stage:
    description: The stage that asks.
    type: str
    required: true
  needs:
    description: The stages that must have finished.
    type: list
    elements: str
    required: true
"""

RETURN = """
ready:
  description: Whether all the stages that this one needs have finished.
  type: bool
  returned: always
"""


class ActionModule(LabAction):
    """The task lab_require."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Look the stages up in lab.json."""
        stage = arguments["stage"]
        missing = Learned(self.state_dir(variables)).missing(arguments["needs"])
        if not missing:
            return {"changed": False, "ready": True, "stage": stage}
        names = _enumerate(missing)
        if not self.check_mode:
            raise LabError(
                f"Stage {stage} needs {names} first: run ansible-playbook site.yml --tags {','.join(missing)}"
            )
        return {"changed": True, "ready": False, "stage": stage, "msg": f"would run after {names}"}


def _enumerate(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
