"""The variables that the roles document in meta/argument_specs.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROLES = Path(__file__).resolve().parents[3] / "roles"
# The role that documents the variables of all.
COMMON = "preflight"


@dataclass(frozen=True)
class Option:
    """A documented variable."""

    name: str
    role: str
    spec: Mapping[str, Any]

    @property
    def required(self) -> bool:
        """Whether it must be set by somebody."""
        return bool(self.spec.get("required"))


def read(roles: Path = ROLES) -> list[Option]:
    """Give every documented variable once; what several roles take is what preflight says it is."""
    options: dict[str, Option] = {}
    for path in sorted(roles.glob("*/meta/argument_specs.yml")):
        role = path.parent.parent.name
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"].values():
            for name, spec in (entry.get("options") or {}).items():
                if role == COMMON or name not in options:
                    options[name] = Option(name, role, spec)
    return list(options.values())


def of_role(role: str, roles: Path = ROLES) -> list[Option]:
    """Give the variables that one role documents."""
    entries = yaml.safe_load((roles / role / "meta/argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
    return [
        Option(name, role, spec) for entry in entries.values() for name, spec in (entry.get("options") or {}).items()
    ]


def role_names(roles: Path = ROLES) -> list[str]:
    """Give the names of all roles."""
    return sorted(path.name for path in roles.iterdir() if (path / "tasks").is_dir())
