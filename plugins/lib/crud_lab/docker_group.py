"""The group docker, which lets a user call Docker Engine: a login from before the user was added to it lacks it.

A program too: with a command it becomes that command, with the group; without one it says how to get the group.
"""

from __future__ import annotations

import grp
import os
import pwd
import shlex
import shutil
import sys

GROUP = "docker"
REASON = "this shell is older than your membership of the group docker"


def is_lacking() -> bool:
    """Tell whether the user belongs to the group while this process does not have it."""
    try:
        group = grp.getgrnam(GROUP)
    except KeyError:
        return False
    user = pwd.getpwuid(os.geteuid()).pw_name
    return os.geteuid() != 0 and user in group.gr_mem and group.gr_gid not in (os.getegid(), *os.getgroups())


def way_out() -> str:
    """Give what to do where Docker Engine does not answer, to be followed by a comma and what comes next."""
    return "run newgrp docker" if is_lacking() else "start Docker"


def command_with_group(command: list[str]) -> list[str]:
    """Give the command that runs another with the group, or that other where nothing is lacking."""
    if not is_lacking() or shutil.which("sg") is None:
        return command
    # The inner sg gives back the user's own first group, to which new files belong; docker stays among the others.
    own = grp.getgrgid(os.getegid()).gr_name
    return ["sg", GROUP, "-c", shlex.join(["sg", own, "-c", shlex.join(command)])]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        found = command_with_group(sys.argv[1:])
        os.execvp(found[0], found)  # noqa: S606 - the command takes this program's place
    sys.exit(f"Docker Engine refuses you: {REASON}. Run newgrp docker, or log in again." if is_lacking() else 0)
