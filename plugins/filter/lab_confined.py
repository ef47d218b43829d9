"""Let a manifest name files of its own bundle alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from ansible.errors import AnsibleFilterError
from crud_lab.bundle import confined
from crud_lab.errors import LabError

DOCUMENTATION = """
name: lab_confined
short_description: Let a manifest name files of its own bundle alone
description: Returns the manifest, or fails with the first path that leads out of the bundle.
positional: _bundle_dir
options:
  _input:
    description: What C(manifest.json) holds.
    type: dict
    required: true
  _bundle_dir:
    description: The bundle.
    type: path
    required: true
"""

RETURN = """
_value:
  description: The manifest as it was given.
  type: dict
"""


class FilterModule:
    """The filter lab_confined."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Name it."""
        return {"lab_confined": _confined}


def _confined(manifest: Mapping[str, Any], bundle_dir: str) -> Mapping[str, Any]:
    try:
        return confined(manifest, Path(bundle_dir).expanduser())
    except LabError as error:
        raise AnsibleFilterError(str(error)) from error
