"""Look for what a lab has on this machine, and write the receipt of its removal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab import docker_group, multipass, survey
from crud_lab.action import LabAction
from crud_lab.errors import LabError
from crud_lab.survey import Thing

DOCUMENTATION = """
name: lab_survey
short_description: Look for what a lab has on this machine
description:
  - Finds Docker's objects by the lab's labels, a Multipass instance by the note that the lab made it, SSH processes by
    the files that they use, and the state directory.
  - With O(before) it is the end of a removal. It returns the receipt, and fails when something is left over.
  - Where the lab has a state directory, a Docker that doesn't answer is an error, since nobody can see the node; so is
    a Multipass that made the node.
options:
  name:
    description: The lab.
    type: str
    required: true
  state_dir:
    description: The lab's state directory.
    type: path
    required: true
  bundle_dir:
    description: The bundle, which the receipt says is kept.
    type: path
    required: true
  before:
    description: What an earlier look found.
    type: list
    elements: dict
"""

RETURN = """
docker_answers:
  description: Whether Docker is there to be asked.
  type: bool
  returned: always
things:
  description: What there is, as dictionaries of kind, name and pid.
  type: list
  elements: dict
  returned: always
card:
  description: The receipt.
  type: str
  returned: with O(before)
"""


class ActionModule(LabAction):
    """The task lab_survey."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Look, and compare with an earlier look."""
        before = [Thing(**thing) for thing in arguments["before"] or []]
        found, answers = _look(arguments["name"], Path(arguments["state_dir"]), before)
        result = {"changed": False, "docker_answers": answers, "things": [vars(thing) for thing in found]}
        if arguments["before"] is None:
            return result
        card = survey.receipt(before, found, _kept(Path(arguments["bundle_dir"])), planned=self.check_mode)
        if found and not self.check_mode:
            raise LabError(f"{card}\nFix: ansible-playbook teardown.yml")
        return {**result, "card": card}


def _look(name: str, state_dir: Path, before: list[Thing]) -> tuple[list[Thing], bool]:
    instances = multipass.claimed(state_dir)
    # The note goes with the instance: what an earlier look found is looked for by its name.
    names = {*instances, *(thing.name for thing in before if thing.kind == "instance")}
    found = [*survey.connections(state_dir), *survey.files(state_dir)]
    found += [Thing("instance", each) for each in multipass.existing(names)]
    if not survey.has_docker():
        return found, False
    try:
        return [*found, *survey.docker_objects(name, state_dir)], True
    except survey.DockerSilentError as error:
        if not found or instances:
            return found, False
        raise LabError(
            f"Docker does not answer ({error}), so the node {name} can't be removed: {docker_group.way_out()}, "
            "then run ansible-playbook teardown.yml again. Nothing was removed."
        ) from error


def _kept(bundle_dir: Path) -> str:
    if not (bundle_dir / "manifest.json").exists():
        return ""
    megabytes = round(survey.size(bundle_dir) / 1_000_000)
    return f"Kept: the bundle {bundle_dir}, {megabytes} MB (remove it with -e bundle_state=absent)"
