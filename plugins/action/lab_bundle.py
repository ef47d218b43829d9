"""Make one artefact of the bundle."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from ansible.utils.display import Display
from crud_lab import progress
from crud_lab.action import LabAction
from crud_lab.errors import LabError

DOCUMENTATION = """
name: lab_bundle
short_description: Make one artefact of the bundle
description:
  - Runs the bundler and shows, while it runs, the lines of its standard error that begin with C(progress:).
options:
  argv:
    description: The bundler's command line.
    type: list
    elements: str
    required: true
  chdir:
    description: The directory to run it in.
    type: path
    required: true
  artefact:
    description: The artefact's name, for the message of a failure.
    type: str
    required: true
"""

RETURN = """
version:
  description: The artefact's version.
  type: str
  returned: when it was made or found
seconds:
  description: How long its making took.
  type: float
  returned: when it was made or found
bytes:
  description: The size of its files.
  type: int
  returned: when it was made or found
"""
PROGRESS = "progress: "


class ActionModule(LabAction):
    """The task lab_bundle."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Run the bundler; its answer is the result."""
        del variables
        if self.check_mode:
            return {"skipped": True, "msg": f"would make {arguments['artefact']}"}
        said = []
        with subprocess.Popen(
            arguments["argv"],
            cwd=arguments["chdir"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as bundler:
            assert bundler.stdout is not None  # noqa: S101 - a pipe was asked for
            assert bundler.stderr is not None  # noqa: S101 - a pipe was asked for
            for line in bundler.stderr:
                if line.startswith(PROGRESS):
                    told = progress.line("bundle", line.removeprefix(PROGRESS).rstrip())
                    Display().display(told, color="blue")
                else:
                    said.append(line)
            answer = bundler.stdout.read()
        if bundler.returncode:
            raise LabError(f"{arguments['artefact']} was not made. {''.join(said).strip()}")
        result: dict[str, Any] = json.loads(answer)
        return result
