"""The documents' commands can be typed into bash, and into zsh as macOS starts it: what can be seen without a lab."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from checkout import ROOT
from e2e.documents import DOCUMENTS, commands, complaints, fences, relative

PROGRAMS = "ansible-playbook|curl|docker|kubectl|make|multipass|ssh|sudo"
BUILTINS = {"cat", "kill", "rm", "source"}
# Commands in the middle of a sentence.
INLINE = re.compile(rf"`((?:{PROGRAMS}) [^`\n]+)`")
SINGLE, DOUBLE = r"'[^']*'", r'"(?:\\.|[^"\\])*"'
HERE_DOCUMENT = re.compile(r"<<'EOF'\n.*?^EOF$", re.MULTILINE | re.DOTALL)
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=relative)


def faults(command: str) -> list[str]:
    """Return what some reader's shell takes otherwise than it is meant."""
    bare = re.sub(SINGLE, "", HERE_DOCUMENT.sub("", command))
    unquoted = re.sub(DOUBLE, "", bare)
    found = {
        "a comment, which zsh takes for arguments": re.search(r"(^|\s)#", unquoted),
        "a pattern of file names, which zsh refuses if there is no such file": re.search(r"(?<!\$)[?*\[\]]", unquoted),
        "the shell's history": re.search(r"!\S", bare),
        "an address that only one provider and one port have": re.search(r"127\.0\.0\.1:8080|localhost:8080", command),
        "an option that curl 7.81 lacks": re.search(r"^curl .*--json\b", command),
        "two kinds to watch, which kubectl refuses": re.search(r"kubectl .*get \S+,\S.* (--watch|-w)\b", command),
        "the log of one pod of several": re.search(r"kubectl .*logs deployment/(?!.*--all-pods)", command),
        "a path of one lab's key": re.search(r"\.lab/\S*x-key", command),
    }
    said = complaints(["bash", "-n"], command) + complaints(["zsh", "-f", "-n"], command)
    return [what for what, there in found.items() if there] + said.splitlines()


@each_document
def test_every_command_means_the_same_in_every_shell(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    typed = [command for fence in fences(text) for command in fence.commands]
    wrong = {command: faults(command) for command in [*typed, *INLINE.findall(text)]}
    assert {command: found for command, found in wrong.items() if found} == {}
    # What a program prints stands in a block that is not one of commands.
    assert {command.split()[0] for command in typed} <= {*PROGRAMS.split("|"), *BUILTINS}


@each_document
def test_commands_stand_in_a_block_of_their_own(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    shells = re.findall(r"^```(?:sh|console|bash|shell|zsh)$", text, re.MULTILINE)
    assert len(fences(text)) == len(shells)
    assert re.findall(rf"^    (?:{PROGRAMS}) .*", text, re.MULTILINE) == []


@pytest.mark.parametrize(
    "command",
    [
        "make lab        # set up this machine",
        "curl http://192.0.2.1/api/v1/targets?state=active",
        "kubectl get --raw /apis/pods/*/http_requests",
        'curl "$LAB_URL/items!x"',
        "curl http://127.0.0.1:8080/items",
        "curl --json '{}' \"$LAB_URL/items\"",
        'curl -H @.lab/crud-lab/x-key.header "$LAB_URL/items"',
        "kubectl -n crud-api get horizontalpodautoscalers,pods --watch",
        "kubectl -n crud-api logs deployment/crud-api --since=5m",
        "echo 'it",
    ],
)
def test_a_command_that_some_shell_takes_otherwise_is_found(command: str) -> None:
    assert faults(command)


def test_a_command_may_go_on_over_several_lines() -> None:
    text = "cat > a.yml <<'EOF'\na: [1, '*'] # one\nEOF\nls \\\n  -l\ncurl 'a?b' \"#\"\n"
    assert commands(text) == ["cat > a.yml <<'EOF'\na: [1, '*'] # one\nEOF", "ls \\\n  -l", "curl 'a?b' \"#\""]
    assert [faults(command) for command in commands(text)] == [[], [], []]


def test_only_few_commands_are_not_typed_by_the_test_of_a_lab() -> None:
    all_of_them = [fence for document in DOCUMENTS for fence in fences(document.read_text(encoding="utf-8"))]
    assert len([fence for fence in all_of_them if fence.reason]) < len(all_of_them) / 2
    assert ROOT / "README.md" in DOCUMENTS
