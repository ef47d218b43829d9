"""Run the real playbooks on a lab of the test's own, and read what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUNDLE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "crud-lab/bundle"
PROGRAMS = Path(sys.executable).parent
COUNTS = ("ok", "changed", "unreachable", "failed")
RECAP = re.compile(r"\S+\s+: " + r"\s+".join(rf"{name}=(?P<{name}>\d+)" for name in COUNTS))
LONGEST_RUN = 900
SECONDS_TO_COME_BACK = 120


@dataclass(frozen=True)
class Run:
    """One run of a playbook."""

    returncode: int
    output: str
    seconds: float
    tasks: list[str]

    def total(self, column: str) -> int:
        """Return a column of the recap, summed over the hosts."""
        return sum(int(match[column]) for line in self.output.splitlines() if (match := RECAP.match(line)))

    @property
    def changed(self) -> int:
        """How many tasks changed something."""
        return self.total("changed")

    @property
    def card(self) -> str:
        """What stands behind the recap: the access card or the receipt."""
        return self.output.rpartition("PLAY RECAP")[2].partition("\n\n")[2].strip()

    def card_section(self, title: str) -> list[str]:
        """Return the lines below a title of the card."""
        _, _, behind = self.card.partition(f"{title}\n")
        return [line.strip() for line in behind.partition("\n\n")[0].splitlines()]

    def require(self, *, changed: int | None = None) -> Run:
        """Return the run if it succeeded (and changed so much), else show it."""
        wrong = self.returncode or self.total("failed") or self.total("unreachable")
        if wrong or changed not in (None, self.changed):
            changes = [line for line in self.output.splitlines() if line.startswith(("TASK", "changed:", "fatal:"))]
            last = "\n".join(
                line for line, following in zip(changes, [*changes[1:], ""], strict=True) if "TASK" not in following
            )
            raise AssertionError(f"exit {self.returncode}, changed={self.changed}\n{last}\n{self.output[-6000:]}")
        return self


@dataclass(frozen=True)
class Lab:
    """A lab with a name and ports of its own, so that no user's lab is touched."""

    scratch: Path
    name: str = "crud-lab-e2e"
    ssh_port: int = 2305
    api_port: int = 6505
    http_port: int = 8105
    # Whatever else is installed here.
    provider: str = "docker"
    # The checkout whose playbooks are run.
    root: Path = ROOT

    @property
    def state_dir(self) -> Path:
        """The lab's state directory."""
        return self.root / ".lab" / self.name

    @property
    def url(self) -> str:
        """The lab's Ingress."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def options(self) -> list[str]:
        """What names this lab to ansible-playbook."""
        variables = {
            "name": self.name,
            "provider": self.provider,
            "ssh_port": self.ssh_port,
            "api_port": self.api_port,
            "http_port": self.http_port,
        }
        return [word for name, value in variables.items() for word in ("-e", f"lab_{name}={value}")]

    def run(
        self, playbook: str, *words: str, kill_at: int = 0, kill_delay: float = 0, timeout: int = LONGEST_RUN
    ) -> Run:
        """Run a playbook of the repository; kill it before its task number `kill_at`."""
        tasks = self.scratch / "tasks"
        tasks.write_text("")
        environment = os.environ | {
            "ANSIBLE_NOCOLOR": "1",
            # make's is that of its own checkout.
            "ANSIBLE_CONFIG": str(self.root / "ansible.cfg"),
            # Without what somebody chose in local.yml.
            "ANSIBLE_INVENTORY": str(self.root / "tests/inventory/hosts.yml"),
            "ANSIBLE_CALLBACK_PLUGINS": f"{self.root / 'plugins/callback'}:{ROOT / 'tests/e2e/plugins/callback'}",
            "ANSIBLE_CALLBACKS_ENABLED": "lab,lab_test",
            "LAB_TEST_TASKS": str(tasks),
            "LAB_TEST_KILL_AT": str(kill_at),
            "LAB_TEST_KILL_DELAY": str(kill_delay),
        }
        started = time.monotonic()
        # A file, not a pipe: what a killed run leaves behind for a moment would keep a pipe open.
        output = self.scratch / "output"
        with output.open("w") as file:
            done = subprocess.run(
                [PROGRAMS / "ansible-playbook", playbook, *self.options, *words],
                cwd=self.root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                timeout=timeout,
                check=False,
            )
        seconds = time.monotonic() - started
        return Run(done.returncode, output.read_text(), seconds, tasks.read_text().splitlines())


def docker(*words: str) -> str:
    """Run the docker command and return its output."""
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=True, timeout=120).stdout


def wait_until_healthy(lab: Lab) -> float:
    """Wait until the lab answers; return how long that took."""
    started = time.monotonic()
    while time.monotonic() - started < SECONDS_TO_COME_BACK:
        try:
            with urllib.request.urlopen(f"{lab.url}/healthz", timeout=2):  # noqa: S310 - always http://127.0.0.1
                return time.monotonic() - started
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"{lab.url}/healthz does not answer after {SECONDS_TO_COME_BACK} s")
