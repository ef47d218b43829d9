"""Which process runs the lab, and whether one that did is still alive."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
from pathlib import Path


def main_pid() -> int:
    """Give the process that a user would call ansible-playbook: a plugin runs in a child of it."""
    parent = multiprocessing.parent_process()
    pid = parent.pid if parent else None
    return os.getpid() if pid is None else pid


def started(pid: int) -> str | None:
    """Tell when a process started, in a form fit only for comparison; None when it is not running.

    A number alone may belong to another process by now; number and start together name one for good.
    """
    if Path("/proc/self/stat").exists():
        return _started_by_proc(pid)
    return _started_by_ps(pid)


def _started_by_proc(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    # The second field is the name in parentheses and may hold spaces; the third is the state, the 22nd the start.
    fields = stat.rpartition(")")[2].split()
    state, ticks = fields[0], fields[19]
    return None if state in "ZX" else f"{boot} {ticks}"


def _started_by_ps(pid: int) -> str | None:
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, start = answer.stdout.strip().partition(" ")
    return start.strip() or None if answer.returncode == 0 and not state.startswith("Z") else None
