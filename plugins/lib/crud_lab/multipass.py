"""What Multipass has of one lab: instances bear no labels, a note in the state directory tells which one is ours."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

from crud_lab.errors import LabError

# The role multipass_vm writes it before the launch.
CLAIM = "multipass.json"
TIMEOUT = 60


def claimed(state_dir: Path) -> list[str]:
    """Give the name of the lab's instance, which may not be there yet or any more."""
    try:
        return [str(json.loads((state_dir / CLAIM).read_text(encoding="utf-8"))["name"])]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def existing(names: Iterable[str]) -> list[str]:
    """Give those of the names that an instance has, be it in Multipass' trash; no names, no question."""
    wanted = set(names)
    if not wanted:
        return []
    command = ["multipass", "list", "--no-ipv4", "--format", "json"]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT, check=True
        )
        listed = json.loads(done.stdout)["list"]
    except subprocess.CalledProcessError as error:
        raise _silent(wanted, str(error.stderr).strip()) from error
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError) as error:
        raise _silent(wanted, str(error)) from error
    return sorted(wanted & {str(each["name"]) for each in listed})


def _silent(names: set[str], reason: str) -> LabError:
    return LabError(
        f"Multipass does not answer ({reason}), so the node {', '.join(sorted(names))} can't be removed: start "
        "Multipass, then run ansible-playbook teardown.yml again. Nothing was removed."
    )
