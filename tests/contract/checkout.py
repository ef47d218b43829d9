"""What the contract tests look at: the files of this checkout, read once."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLES = sorted(path.parent.name for path in (ROOT / "roles").glob("*/tasks"))
PLAYBOOKS = sorted((ROOT / "playbooks").glob("*.yml"))


@cache
def load(path: Path) -> Any:
    """Read a YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@cache
def files() -> list[Path]:
    """Give every file that is, or is about to be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def role_dir(role: str) -> Path:
    """Give the directory of a role."""
    return ROOT / "roles" / role


def options(role: str) -> Mapping[str, Mapping[str, Any]]:
    """Give the documented variables of a role, whatever its entry points."""
    entries = load(role_dir(role) / "meta/argument_specs.yml")["argument_specs"].values()
    return {name: option for entry in entries for name, option in (entry.get("options") or {}).items()}


@dataclass(frozen=True)
class Task:
    """A task and where it stands."""

    role: str
    file: str
    content: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Give its name without the prefix that names its file."""
        return str(self.content.get("name", "")).rpartition(" | ")[2]


def tasks(role: str) -> Iterator[Task]:
    """Give all tasks and handlers of a role, those inside blocks too."""
    for directory in ("tasks", "handlers"):
        for path in sorted((role_dir(role) / directory).glob("*.yml")):
            for content in _flat(load(path) or []):
                yield Task(role, f"{directory}/{path.name}", content)


def _flat(contents: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for content in contents:
        sections = [content[key] for key in ("block", "rescue", "always") if key in content]
        if not sections:
            yield content
        for section in sections:
            yield from _flat(section)


def plays(playbook: Path) -> list[Mapping[str, Any]]:
    """Give the plays of a playbook, those of the playbooks that it imports in their place."""
    found: list[Mapping[str, Any]] = []
    for play in load(playbook):
        imported = play.get("ansible.builtin.import_playbook")
        found += plays(playbook.parent / imported) if imported else [play]
    return found


def role_entries(playbook: Path) -> Iterator[Mapping[str, Any]]:
    """Give the roles of all plays of a playbook, each with its tags and variables."""
    for play in plays(playbook):
        yield from play.get("roles", [])
