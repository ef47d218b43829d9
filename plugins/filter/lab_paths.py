"""Filters for places on the controller.

`lab_manifest | lab_confined(lab_bundle_dir)` gives the manifest, and fails where it names a file outside of the bundle.
`lab_state_dir | lab_socket_dir` gives the directory of SSH's control socket, which the action of that name makes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from ansible.errors import AnsibleFilterError
from crud_lab import socket_dir
from crud_lab.bundle import confined
from crud_lab.errors import LabError


class FilterModule:
    """The filters."""

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Name them."""
        return {"lab_confined": _confined, "lab_socket_dir": _socket_dir}


def _confined(manifest: Mapping[str, Any], bundle_dir: str) -> Mapping[str, Any]:
    try:
        return confined(manifest, Path(bundle_dir).expanduser())
    except LabError as error:
        raise AnsibleFilterError(str(error)) from error


def _socket_dir(state_dir: str) -> str:
    return str(socket_dir.choose(Path(state_dir)))
