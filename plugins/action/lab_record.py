"""End a stage: keep what it learned and say what was done."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab.action import LabAction
from crud_lab.learned import Learned

DOCUMENTATION = """
name: lab_record
short_description: End a stage with what it learned and what it did
description:
  - Keeps the facts of a stage in C(lab.json) in O(ignore:lab_state_dir) for the stages after it.
  - The callback C(lab) prints the stage's closing line from what this task returns.
options:
  stage:
    description: The stage that ends.
    type: str
    required: true
  state:
    description: V(present) keeps O(facts); V(absent) removes those of an earlier run.
    type: str
    choices: [present, absent]
    default: present
  facts:
    description: What later stages may want to know, in place of what was known before. Without it nothing is written.
    type: dict
  files:
    description: Files in O(ignore:lab_state_dir) that go with the facts, where O(state=absent).
    type: list
    elements: str
    default: []
  summary:
    description: What was done, in a few words.
    type: str
    default: ""
  look:
    description: A command that shows it.
    type: str
    default: ""
  next:
    description: The tag of the stage to run next, or a whole command.
    type: str
    default: ""
"""


class ActionModule(LabAction):
    """The task lab_record."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Bring lab.json up to date."""
        result = {key: arguments[key] for key in ("stage", "state", "summary", "look", "next")}
        present = arguments["state"] == "present"
        if present and arguments["facts"] is None:
            return {**result, "changed": False}
        learned = Learned(self.state_dir(variables))
        facts = arguments["facts"] if present else None
        before, after = learned.update(arguments["stage"], facts, write=not self.check_mode)
        gone = [] if present else learned.remove(arguments["files"], write=not self.check_mode)
        diff = [{"before": before or {}, "after": after or {}, "before_header": str(learned.path)}]
        removed = {"before": {"state": "file"}, "after": {"state": "absent"}}
        diff += [{**removed, "before_header": str(path)} for path in gone]
        return {**result, "changed": before != after or gone != [], "diff": diff}
