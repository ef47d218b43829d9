"""An ordinary user with sudo, made for a test and removed with everything that was hers."""

from __future__ import annotations

import grp
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from e2e.playbook import BUNDLE
from e2e.release_mirror import copied

NAME = "crud-lab-user"
LONGEST_COMMAND = 900
# What a login keeps of the machine's PATH: no directory of root's own.
PROGRAMS = ":".join(part for part in os.environ["PATH"].split(":") if not Path(part).is_relative_to(Path.home()))
# Where sudo notes who typed a password, and who was lectured.
NOTES = (Path("/run/sudo/ts"), Path("/var/lib/sudo/lectured"))


@dataclass(frozen=True)
class Account:
    """A user who may use sudo with a password, and who has a checkout and a complete bundle at home."""

    password: str

    @property
    def home(self) -> Path:
        """The home directory."""
        return Path(pwd.getpwnam(NAME).pw_dir)

    @property
    def checkout(self) -> Path:
        """The checkout."""
        return self.home / "crud-lab"

    @property
    def groups(self) -> set[str]:
        """The groups that a login from now on has beside the user's own."""
        return {group.gr_name for group in grp.getgrall() if NAME in group.gr_mem}

    def write(self, name: str, text: str) -> None:
        """Write a file of hers in the checkout."""
        path = self.checkout / name
        path.write_text(text)
        shutil.chown(path, NAME, NAME)

    def run(self, *command: str, groups: set[str]) -> subprocess.CompletedProcess[str]:
        """Run a command in the checkout, in a login with these groups; who asks for a password gets it."""
        # A session of its own, because passwords are read from a terminal where there is one.
        identity = ["--reuid", NAME, "--regid", NAME, "--groups", ",".join(sorted(groups)), "--reset-env"]
        return subprocess.run(
            ["setpriv", *identity, "env", f"PATH={PROGRAMS}", "LANG=C.UTF-8", "ANSIBLE_NOCOLOR=1", *command],
            cwd=self.checkout,
            input=f"{self.password}\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST_COMMAND,
            start_new_session=True,
            check=False,
        )


@contextmanager
def account() -> Iterator[Account]:
    """Make the user, and remove her at the end of the block."""
    remove()
    subprocess.run(["useradd", "--create-home", "--shell", "/bin/bash", "--groups", "sudo", NAME], check=True)
    user = Account(secrets.token_urlsafe())
    try:
        subprocess.run(["chpasswd"], input=f"{NAME}:{user.password}", text=True, check=True)
        copied(user.checkout)
        bundle = user.home / ".cache" / BUNDLE.relative_to(BUNDLE.parents[1])
        bundle.parent.mkdir(parents=True)
        subprocess.run(["cp", "--archive", "--link", BUNDLE, bundle], check=True)
        # The bundle's files are root's, to which these are links.
        given = ["find", str(user.home), "(", "-type", "d", "-o", "-links", "1", ")"]
        subprocess.run([*given, "-exec", "chown", "--no-dereference", f"{NAME}:{NAME}", "{}", "+"], check=True)
        yield user
    finally:
        remove()


def remove() -> None:
    """Remove the user, if there is one."""
    if any(user.pw_name == NAME for user in pwd.getpwall()):
        processes = subprocess.run(["ps", "-o", "stat=,args=", "-u", NAME], capture_output=True, text=True, check=False)
        # Whom process 1 does not collect has ended all the same.
        running = [line for line in processes.stdout.splitlines() if not line.startswith("Z")]
        subprocess.run(["userdel", "--remove", NAME], check=True, stderr=subprocess.DEVNULL)
        assert running == [], "processes were left behind"
    for directory in NOTES:
        (directory / NAME).unlink(missing_ok=True)
