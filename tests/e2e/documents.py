"""The commands of the documents, as a reader types them: from top to bottom, into one shell."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from e2e.playbook import ROOT, Lab

FENCE = re.compile(
    r"(?:^<!-- not run here: (?P<reason>[^\n]+) -->\n)?"
    r"^```(?:sh|console)\n(?P<text>.*?)^```\n"
    r"(?:\nStatus(?:es)?: (?P<statuses>[\d, ]+)\.\n)?",
    re.MULTILINE | re.DOTALL,
)
DOCUMENTS = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("roles/*/README.md"))]
# Neither user's settings; zsh as macOS starts it: what stands behind a # is an argument there.
SHELLS = {"bash": ["bash", "--norc", "--noprofile", "-s"], "zsh": ["zsh", "-f", "-i", "-s", "+o", "prompt_sp"]}
# The documents that are mostly curl and kubectl are typed into macOS' shell, the others into Linux'.
FOR_ZSH = {"docs/app.md", "docs/monitoring.md", "docs/profiles.md", "docs/troubleshooting.md"}
LONGEST_COMMAND = 600
MARK = "@@exit"
HTTP_MARK = "@@http"


@dataclass(frozen=True)
class Fence:
    """One block of commands."""

    commands: list[str]
    # Those of the answers to its curl commands; where none are documented, each must be a success.
    statuses: list[str]
    # Why the test does not type it, or nothing.
    reason: str


def fences(text: str) -> list[Fence]:
    """Return the blocks of commands of a document."""
    return [
        Fence(commands(match["text"]), (match["statuses"] or "").split(", "), match["reason"] or "")
        for match in FENCE.finditer(text)
    ]


def commands(text: str) -> list[str]:
    """Split a block into commands: a line, or several where a quote, a here-document or a backslash goes on."""
    found, begun = [], ""
    for line in text.splitlines(keepends=True):
        begun += line
        if not begun.endswith("\\\n") and not complaints(["bash", "-n"], begun):
            found.append(begun.rstrip("\n"))
            begun = ""
    return [*found, begun.rstrip("\n")] if begun else found


def complaints(shell: list[str], text: str) -> str:
    """Return what a shell says of a text's syntax."""
    return subprocess.run(shell, input=text, capture_output=True, text=True, check=False).stderr


class Shell:
    """A shell that a reader types into; what it leaves running is ended."""

    def __init__(self, kind: str, lab: Lab) -> None:
        """Start one in the checkout."""
        self._lab = lab
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "KUBE", "LAB_"))}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        # The environment's programs are there after `source ./activate`, and not before.
        kept["PATH"] = ":".join(path for path in kept["PATH"].split(":") if ".venv" not in path)
        self._process = subprocess.Popen(
            SHELLS[kind],
            cwd=lab.root,
            env=kept | {"LAB_NAME": lab.name, "ANSIBLE_NOCOLOR": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, with what runs in its background."""
        self._kill()
        self._process.communicate()

    def type(self, fence: Fence) -> None:
        """Type the commands of a block; each must succeed, and each answer have its status."""
        statuses: list[str] = []
        for command in fence.commands:
            output = self._type(command)
            statuses += re.findall(rf"^{HTTP_MARK} (\d+)$", output, re.MULTILINE)
            assert "@@" not in command
        if fence.statuses == [""]:
            assert [status for status in statuses if status[0] != "2"] == [], fence.commands
        else:
            assert statuses == fence.statuses, fence.commands

    def _type(self, command: str) -> str:
        """Type one command and return what it writes."""
        assert self._process.stdin
        assert self._process.stdout
        # Not the standard input that the commands come by.
        self._process.stdin.write(f"{{\n{self._of_this_lab(command)}\n}} </dev/null\nprintf '\\n%s %s\\n' {MARK} $?\n")
        self._process.stdin.flush()
        lines: list[str] = []
        timer = threading.Timer(LONGEST_COMMAND, self._kill)
        timer.start()
        for line in self._process.stdout:
            if line.startswith(MARK):
                break
            lines.append(line)
        timer.cancel()
        output = "".join(lines)
        assert line == f"{MARK} 0\n", f"{command}: {line}{output[-6000:]}"
        return output

    def _of_this_lab(self, command: str) -> str:
        """Give the command the name and the ports of the test's lab, and let curl tell the status."""
        command = re.sub(r"(?<=\.lab/)crud-lab\b|(?<= )crud-lab(?=$| )", self._lab.name, command, flags=re.MULTILINE)
        if command.startswith("ansible-playbook"):
            command = f"{command} {' '.join(self._lab.options)}"
        if command.startswith("curl"):
            command = command.replace("curl", f"curl -sS -w '\\n{HTTP_MARK} %{{http_code}}\\n'", 1)
        if command.endswith("--watch"):
            # It goes on until it is interrupted.
            command = f"timeout 5 {command}; [ $? = 124 ]"
        return command

    def _kill(self) -> None:
        """End the shell and its children."""
        os.killpg(self._process.pid, signal.SIGKILL)


def relative(document: Path) -> str:
    """Return a document's name in the checkout."""
    return str(document.relative_to(ROOT))


def shell_of(document: Path) -> str:
    """Return the shell that a document is typed into."""
    return "zsh" if relative(document) in FOR_ZSH else "bash"
