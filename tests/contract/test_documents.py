"""What the documents say exists."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.splitter import parse_kv
from checkout import ROOT, files
from crud_lab import specs
from crud_lab.variables import Checker, Scope

DOCUMENTS = [path for path in files() if path.suffix == ".md"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z0-9-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def test_every_target_that_the_readme_names_exists() -> None:
    assert set(re.findall(r"\bmake ([a-z][a-z0-9-]+)", README)) - {"test-free"} <= TARGETS | {"the"}


def test_the_entry_points_are_in_the_readme() -> None:
    entry_points = {"setup", "lab", "teardown", "check", "test", "bench", "soak", "clean"}
    assert entry_points <= TARGETS
    assert {target for target in entry_points if f"make {target}" not in README} == set()


def test_make_alone_lists_every_documented_target() -> None:
    listed = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(re.findall(r"^make ([a-z0-9-]+) ", listed.stdout, re.MULTILINE)) == TARGETS


@each_document
def test_links_lead_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    assert [link for link in links if "://" not in link and not (document.parent / link).exists()] == []


@each_document
def test_playbooks_and_scripts_that_are_named_exist(document: Path) -> None:
    named = re.findall(r"(?:ansible-playbook|source) (\.?[\w./-]+)", document.read_text(encoding="utf-8"))
    assert [name for name in named if "/" in name or name.endswith(".yml") if not (ROOT / name).exists()] == []


@each_document
def test_variables_in_commands_are_known_and_have_values_that_fit(document: Path) -> None:
    written = re.findall(r" -e ('[^']+'|[a-z]\w*=[^\s`|\\]+)", document.read_text(encoding="utf-8"))
    given: dict[str, Any] = {}
    for text in [shlex.split(os.path.expandvars(words))[0] for words in written]:
        given |= yaml.safe_load(text) if text.startswith("{") else parse_kv(text)
    checker = Checker([option for option in specs.read() if option.name in given], specs.role_names(), given)
    assert checker.problems([Scope(given, given.__getitem__)]) == []


@each_document
def test_nothing_is_left_to_be_filled_in(document: Path) -> None:
    assert not re.search(r"@@|\b(TODO|FIXME|TBD)\b", document.read_text(encoding="utf-8"))
