"""Commands to go on with, printed so that they work as printed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

# Ansible's own variables for passwords and passphrases, and a login in an address.
SECRET = re.compile(r"pass|://[^/\s]*@", re.IGNORECASE)


@dataclass(frozen=True)
class Commands:
    """Writes ansible-playbook commands that mean the same lab, with the same variables, as the run that prints them."""

    options: str = ""

    @classmethod
    def of_run(cls, extra_vars: Iterable[str]) -> Commands:
        """Keep what -e gave this run, but no secret: without it the next command would mean another lab."""
        kept = [given for given in extra_vars if given.startswith("@") or not SECRET.search(given)]
        return cls("".join(f" -e {shlex.quote(given)}" for given in kept))

    def playbook(self, name: str, *tags: str) -> str:
        """Write the command that runs a playbook, or some of its tags."""
        chosen = f" --tags {','.join(tags)}" if tags else ""
        return f"ansible-playbook {shlex.quote(name)}{chosen}{self.options}"

    def next_step(self, step: str) -> str:
        """Write the command for a tag of site.yml; what is more than one word is a command already."""
        return step if " " in step else self.playbook("site.yml", step)
