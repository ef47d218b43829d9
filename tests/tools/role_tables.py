#!/usr/bin/env python3
"""Write the table of variables in each role's README.md from its meta/argument_specs.yml: `make docs`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROLES = Path(__file__).resolve().parents[2] / "roles"
NOTE = "<!-- Made by `make docs` from meta/argument_specs.yml. -->"
HEAD = "| variable | default | meaning |\n|---|---|---|\n"
TABLE = re.compile(rf"(?:{re.escape(NOTE)}\n\n?)*{re.escape(HEAD)}(?:\|.*\n)*")
# Ansible's markup of code, values and options: C(x), V(x), O(x).
MARKUP = re.compile(r"\b[CVO]\(((?:[^()]|\([^()]*\))*)\)")
# The role that documents what several roles take; the others document it again only for Ansible.
COMMON = "preflight"


def tables(role: Path) -> list[str]:
    """Give one table per entry point that has variables to tell of."""
    specs = yaml.safe_load((role / "meta/argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
    found = []
    for entry in specs.values():
        options = {
            name: option
            for name, option in (entry.get("options") or {}).items()
            if role.name == COMMON or not name.startswith("lab_")
        }
        if options:
            found.append(f"{NOTE}\n\n{HEAD}" + "".join(_row(name, option) for name, option in options.items()))
    return found


def with_tables(readme: str, new: list[str]) -> str:
    """Put the tables where a README has some, one for one; what is more goes to the end."""
    left = iter(new)
    readme = TABLE.sub(lambda _: next(left, ""), readme)
    return "\n".join([readme, *left])


def _row(name: str, option: Mapping[str, Any], prefix: str = "") -> str:
    description = option.get("description", "")
    text = " ".join(description if isinstance(description, list) else [description])
    if "choices" in option:
        text += " One of " + ", ".join(f"`{choice}`" for choice in option["choices"]) + "."
    cells = [f"`{prefix}{name}`", _default(option), MARKUP.sub(r"`\1`", " ".join(text.split()))]
    row = "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
    inner = option.get("options") or {}
    deeper = f"{prefix}{name}[]." if option.get("type") == "list" else f"{prefix}{name}."
    return row + "".join(_row(key, each, deeper) for key, each in inner.items())


def _default(option: Mapping[str, Any]) -> str:
    if "default" not in option:
        return "required" if option.get("required") else "none"
    value = option["default"]
    if isinstance(value, str):
        return f"`{' '.join(value.split())}`" if value else '`""`'
    return f"`{yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10**6).splitlines()[0]}`"


def main() -> None:
    """Rewrite every README that would change."""
    for path in sorted(ROLES.glob("*/README.md")):
        role = path.parent
        before = path.read_text(encoding="utf-8")
        after = with_tables(before, tables(role))
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(f"{path.relative_to(ROLES.parent)}: written anew")


if __name__ == "__main__":
    main()
