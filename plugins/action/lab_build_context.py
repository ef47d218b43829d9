"""Work out the tag of the app's image from its sources, and archive them for a build."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab.action import LabAction
from crud_lab.build_context import BuildContext

DOCUMENTATION = """
name: lab_build_context
short_description: Work out the tag of the app's image from its sources, and archive them for a build
description:
  - The tag is the beginning of a hash over the names, modes and contents of the app's files that C(.dockerignore) lets
    through, the sums of the bundle's wheels and that of the base image.
options:
  directory:
    description: The app's directory, with its Dockerfile.
    type: path
    required: true
  bundle_dir:
    description: The directory of the bundle.
    type: path
    required: true
  manifest:
    description: What the bundle holds.
    type: dict
    required: true
  archive:
    description: The C(tar.gz) to write; without it none is written. Equal content gives an equal file.
    type: path
"""

RETURN = """
content_hash:
  description: The hash.
  type: str
  returned: success
tag:
  description: Its first 12 digits.
  type: str
  returned: success
base:
  description: The image to build on, with C(reference), C(path) in the bundle, C(sha256) and C(size).
  type: dict
  returned: success
"""

TAG_LENGTH = 12


class ActionModule(LabAction):
    """The task lab_build_context."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Collect, and write where asked to."""
        del variables
        context = BuildContext.collect(
            Path(arguments["directory"]), arguments["manifest"], Path(arguments["bundle_dir"])
        )
        archive = arguments["archive"]
        if archive and not self.check_mode:
            context.write(Path(archive))
        content_hash = context.content_hash
        base = dict(context.base)
        return {"changed": bool(archive), "content_hash": content_hash, "tag": content_hash[:TAG_LENGTH], "base": base}
