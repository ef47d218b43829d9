"""Say which choices of an earlier run this one would undo."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ansible.utils.vars import load_extra_vars

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab import choices, specs
from crud_lab.action import LabAction
from crud_lab.learned import Learned

DOCUMENTATION = """
name: lab_choices
short_description: Say which choices of an earlier run this one would undo
description:
  - Compares the role's variables with the C(choices) that the stage recorded in C(lab.json) when it last ended.
  - The callback C(lab) prints a line for each that is another now; nothing is refused, and nothing changes.
options:
  stage:
    description: The stage that begins.
    type: str
    required: true
  consequences:
    description: What becomes of what there was, by the name of the variable that is another now.
    type: dict
    default: {}
"""

RETURN = """
choices:
  description: What is chosen now, for the facts that the stage records.
  type: dict
  returned: always
undone:
  description: A sentence for each choice that is another now.
  type: list
  elements: str
  returned: always
"""


class ActionModule(LabAction):
    """The task lab_choices."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Compare."""
        options = choices.of_stage(specs.of_role(self._task._role.get_name()))
        before = Learned(self.state_dir(variables)).read().get(arguments["stage"], {}).get("choices", {})

        def evaluate(name: str) -> Any:
            return self._templar.template(variables[name])

        given = load_extra_vars(self._loader)
        sentences = choices.undone(before, options, evaluate, arguments["consequences"], given)
        made = choices.made(options, variables, evaluate)
        return {"changed": False, "stage": arguments["stage"], "choices": made, "undone": sentences}
