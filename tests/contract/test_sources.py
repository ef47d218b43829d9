"""Where things come from is left to the machine's own settings, and is verified by hash."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from checkout import ROOT, files

# A mirror is set in pip's, Go's or apt's own configuration; a host name in a file here would go round it. Sites of
# releases have no such configuration: their addresses are defaults of the role bundle, bundle_mirror_url replaces them.
REGISTRIES = re.compile(
    r"\b(?:(?:deb|security|ftp|snapshot)\.debian\.org|(?:archive|security|ports)\.ubuntu\.com|files\.pythonhosted\.org"
    r"|(?:www\.|test\.)?pypi\.org|(?:proxy|sum)\.golang\.org|(?:registry-1|index|auth)\.docker\.io|download\.docker\.com"
    r"|ghcr\.io|quay\.io|registry\.npmjs\.org|registry\.yarnpkg\.com)\b"
)
# What tells where an artefact came from: the user's choice, and what the manifest keeps for people to read.
TELLS_THE_SOURCE = re.compile(r"\blab_source\b|\.from\b|\[['\"](?:from|source)['\"]\]|manifest\.source\b")
# preflight documents the variables of all roles, and refuses a choice that can't work on this machine.
KNOWS_THE_SOURCE = {"bundle", "preflight"}
LOCKS = sorted([*(ROOT / "requirements").glob("*.txt"), *(ROOT / "app/requirements").glob("*.txt")])
# go.sum and go.mod name modules by the hosts of their authors, not the place that they are fetched from.
UPSTREAM = {"go.sum", "go.mod"}


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in files():
        if path.name not in UPSTREAM and path != Path(__file__):
            try:
                found.append((path.relative_to(ROOT), path.read_text(encoding="utf-8")))
            except UnicodeDecodeError:
                continue
    return found


def test_no_file_names_the_host_of_a_registry() -> None:
    assert [(str(path), match[0]) for path, text in texts() if (match := REGISTRIES.search(text))] == []


def test_no_file_names_a_path_or_the_name_of_the_machine_it_was_written_on() -> None:
    places = [str(ROOT)] + [name for name in (socket.gethostname(),) if len(name) > 4]  # shorter ones are words
    assert [(str(path), place) for path, text in texts() for place in places if place in text] == []


def test_only_the_role_bundle_knows_the_source() -> None:
    telling = {
        str(path)
        for path, text in texts()
        if path.parts[0] in ("roles", "plugins", "playbooks") and TELLS_THE_SOURCE.search(text)
    }
    assert {name for name in telling if name.startswith("roles/bundle/")}, "the search finds what it is for"
    assert {name for name in telling if name.split("/")[1] not in KNOWS_THE_SOURCE} == set()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_a_lock_pins_every_package_by_hash_and_names_no_index(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert not re.search(r"^\s*(-i|--index|--extra-index|--find-links|--trusted-host)", text, re.MULTILINE)
    packages = [entry for entry in re.split(r"\n(?=[a-z0-9])", text.strip(), flags=re.IGNORECASE) if entry]
    assert packages
    assert [entry.splitlines()[0] for entry in packages if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_every_lock_has_what_it_is_made_from(lock: Path) -> None:
    assert lock.with_suffix(".in").is_file()
