"""Say what of the requirements is not met, all at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab import doctor
from crud_lab.action import LabAction

DOCUMENTATION = """
name: lab_doctor
short_description: Say what of the requirements is not met
description:
  - Fails with one line for each requirement that is not met. Nobody likes to mend one thing to hear of the next.
  - The callback C(lab) ends the run with RV(card).
options:
  machine:
    description: The machine in a few words, for the last line.
    type: str
    required: true
  requirements:
    description:
      - Dictionaries of C(name), C(met), C(otherwise) (what is found, why it matters, the way out) and C(admin), whether
        the way out needs an administrator.
    type: list
    elements: dict
    required: true
"""

RETURN = """
card:
  description: READY, FIX or ADMIN, the machine, and what is amiss; without secrets, fit to be pasted.
  type: str
  returned: always
"""


class ActionModule(LabAction):
    """The task lab_doctor."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Sort the requirements."""
        del variables
        findings = doctor.unmet(doctor.Requirement.of(each) for each in arguments["requirements"])
        card = doctor.line(arguments["machine"], findings)
        if not findings:
            return {"changed": False, "card": card}
        return {"failed": True, "msg": "\n".join(each.finding for each in findings), "card": card}
