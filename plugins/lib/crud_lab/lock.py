"""run.lock: one run at a time may change a lab.

The lock belongs to a process, not to the file: it holds as long as the process that wrote it lives. So a killed run
leaves nothing to clear away.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import getpass
import json
import os
import shlex
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from ansible import context

from crud_lab import process
from crud_lab.errors import LabError

FILE_NAME = "run.lock"
ATTEMPTS = 100


@dataclass(frozen=True)
class Holder:
    """A process that may change the lab."""

    pid: int
    started: str
    user: str
    command: str
    since: str

    @classmethod
    def current(cls) -> Holder:
        """Describe the ansible-playbook that runs this plugin."""
        pid = process.main_pid()
        return cls(
            pid=pid,
            started=process.started(pid) or "",
            user=_user(),
            command=_command(),
            since=datetime.now().astimezone().isoformat(sep=" ", timespec="seconds"),
        )

    @classmethod
    def parse(cls, text: str) -> Holder | None:
        """Read what a run wrote; anything else comes from a run that was killed meanwhile, and names nobody."""
        try:
            return cls(**json.loads(text))
        except (TypeError, ValueError):
            return None

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return process.started(self.pid) == self.started

    def same_process(self, other: Holder) -> bool:
        """Whether both are one and the same run."""
        return (self.pid, self.started) == (other.pid, other.started)


def acquire(state_dir: Path, holder: Holder) -> None:
    """Make the holder the only run that may change the lab, creating the state directory where it is missing."""
    try:
        with _exclusive(state_dir) as file:
            _refuse_another(file.read(), holder)
            file.seek(0)
            file.truncate()
            json.dump(asdict(holder), file)
            file.write("\n")
    except OSError as error:
        raise LabError(
            f"{state_dir} can't be written ({error.strerror}): make it and what it holds yours, or run as its owner."
        ) from error


def check(state_dir: Path, holder: Holder) -> None:
    """Refuse when another run holds the lab, writing nothing."""
    with contextlib.suppress(FileNotFoundError):
        _refuse_another((state_dir / FILE_NAME).read_text(encoding="utf-8"), holder)


def release(state_dir: Path, holder: Holder) -> None:
    """Give up the lock where the holder has it, and leave no directory behind that holds nothing else."""
    path = state_dir / FILE_NAME
    with contextlib.suppress(OSError):  # a teardown has removed it, or another lab is in the directory above
        found = Holder.parse(path.read_text(encoding="utf-8"))
        if found and found.same_process(holder):
            path.unlink()
            state_dir.rmdir()
            state_dir.parent.rmdir()


def _refuse_another(content: str, holder: Holder) -> None:
    found = Holder.parse(content)
    if found is None or found.same_process(holder) or not found.alive:
        return
    command = textwrap.shorten(found.command, 120, placeholder=" …")
    raise LabError(
        f"This lab is being changed by {found.user} (pid {found.pid}, since {found.since}, {command}): "
        f"wait for it or stop it (kill {found.pid})."
    )


@contextlib.contextmanager
def _exclusive(state_dir: Path) -> Iterator[TextIO]:
    """Open the file for one process at a time, so that two runs can't both find it free."""
    with contextlib.ExitStack() as stack:
        for attempt in range(ATTEMPTS):
            try:
                file = _open_and_lock(state_dir, stack)
                break
            except (FileNotFoundError, FileExistsError):  # another run that ends has just removed something of it
                if attempt == ATTEMPTS - 1:
                    raise
        yield file


def _open_and_lock(state_dir: Path, stack: contextlib.ExitStack) -> TextIO:
    path = state_dir / FILE_NAME
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, mode=0o600)
    file = stack.enter_context(os.fdopen(handle, "a+", encoding="utf-8"))
    path.chmod(0o600)
    fcntl.flock(file, fcntl.LOCK_EX)
    if not os.path.samestat(os.fstat(file.fileno()), path.stat()):
        raise FileNotFoundError(errno.ENOENT, "removed between its opening and its locking")
    file.seek(0)
    return file


def _command() -> str:
    """Name what runs, but no value that was given to it: -e may hold a password."""
    given = context.CLIARGS
    tags = [tag for tag in given.get("tags") or () if tag != "all"]
    words = [Path(sys.argv[0]).name, *(given.get("args") or ())]
    return shlex.join(
        [*words, *(["--tags", ",".join(tags)] if tags else []), *(["--check"] if given.get("check") else [])]
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a number without a name, as in some containers
        return f"uid {os.getuid()}"
