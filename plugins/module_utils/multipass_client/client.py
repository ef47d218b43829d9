"""Calls of the program `multipass`: argument lists, never a shell, always with a limit, stdin never the terminal's."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import MultipassError

# A daemon that is alive answers at once, but serves most requests one after the other.
PATIENCE = 60.0
DAEMON_TIMEOUT = 2
CLIENT_TIMEOUT = 5
# The daemon's own log lines come before what it answers.
LOG_LINE = re.compile(r"\[[^\]]*\] \[\w+\] ")
DAEMON_DOWN = (
    "Multipass' daemon does not answer: start it with `sudo snap restart multipass` (Linux) or "
    "`sudo launchctl kickstart -k system/com.canonical.multipassd` (macOS)"
)
# What the client says -> what to do about it.
KNOWN = {
    "cannot connect to the multipass socket": DAEMON_DOWN,
    # Where the daemon never ran there is none yet, and then even `version` fails.
    "multipass_root_cert.pem": DAEMON_DOWN,
    "multipass socket access denied": (
        "Multipass' socket is closed to this user: join its group (sudo, admin or wheel; `ls -l` of it tells) "
        "and log in again"
    ),
    "not authenticated with the Multipass service": (
        "Multipass does not know this user's client: run `multipass authenticate` with the passphrase that a user who "
        "may has set by `multipass set local.passphrase`"
    ),
}


@dataclass(frozen=True)
class Answer:
    """How a call ended; `status` is None where its limit passed and the client was killed."""

    arguments: tuple[str, ...]
    status: int | None
    stdout: str = ""
    stderr: str = ""

    @property
    def ok(self) -> bool:
        """Whether it did what was asked."""
        return self.status == 0

    @property
    def timed_out(self) -> bool:
        """Whether only time ran out: the daemon may well go on with the work."""
        return self.status in (None, CLIENT_TIMEOUT) or "timed out waiting for" in self.stderr

    @property
    def reason(self) -> str:
        """What it said, in one line and without the daemon's log."""
        if self.status is None:
            return "no answer within its time limit"
        lines = [line.strip() for line in self.stderr.splitlines() if not LOG_LINE.match(line)]
        return " ".join(line for line in lines if line) or f"exit status {self.status} without a reason"


Run = Callable[[tuple[str, ...], str, float], Answer]


def run_program(arguments: tuple[str, ...], stdin: str, limit: float) -> Answer:
    """Run multipass itself; without input it sees the end of a file, or `exec` would eat the caller's."""
    try:
        done = subprocess.run(
            ["multipass", *arguments],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=limit,
            check=False,
        )
    except FileNotFoundError as error:
        raise MultipassError("Multipass is not installed: install it, or choose -e lab_provider=docker") from error
    except subprocess.TimeoutExpired:
        return Answer(arguments, None)
    return Answer(arguments, done.returncode, done.stdout, done.stderr)


class Client:
    """Multipass as this user sees it. Keeps the calls that it made, for the result and for tests."""

    def __init__(self, run: Run = run_program) -> None:
        """Take what runs the program."""
        self._run = run
        self.calls: list[tuple[str, ...]] = []

    def call(self, *arguments: str, stdin: str = "", limit: float = PATIENCE) -> Answer:
        """Call multipass; only what no state of an instance explains is an error here."""
        self.calls.append(arguments)
        answer = self._run(arguments, stdin, limit)
        for symptom, fix in KNOWN.items():
            if symptom in answer.stderr:
                raise MultipassError(f"{fix} (multipass {arguments[0]}: {answer.reason})")
        return answer

    def require(self, *arguments: str, limit: float = PATIENCE) -> Answer:
        """Call multipass where only success will do."""
        answer = self.call(*arguments, limit=limit)
        if not answer.ok:
            raise MultipassError(f"`multipass {' '.join(arguments)}` failed: {answer.reason}")
        return answer

    def json(self, *arguments: str, limit: float = PATIENCE) -> dict[str, Any]:
        """Call multipass for one of its JSON documents."""
        answer = self.require(*arguments, "--format", "json", limit=limit)
        try:
            document = json.loads(answer.stdout)
        except ValueError as error:
            raise MultipassError(f"`multipass {' '.join(arguments)}` printed no JSON: {error}") from error
        if not isinstance(document, dict):
            raise MultipassError(f"`multipass {' '.join(arguments)}` printed no JSON object")
        return document
