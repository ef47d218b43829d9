"""Compare site.yml with the same steps by hand, and measure what a lab takes: make bench.

Both build the same lab from the same complete bundle, in turn, so that what slows the machine slows both.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from e2e.playbook import ROOT, Lab, docker
from e2e.test_lab import wait_until_healthy

IDLE_SECONDS = 30
SETTLE_SECONDS = 60
MEGABYTE = 1_000_000
UNITS = {"KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
CPU_FILES = "cat /sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null || true"


@dataclass
class Timings:
    """What was measured, in seconds."""

    site: list[float] = field(default_factory=list)
    hand: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    restart: list[float] = field(default_factory=list)
    teardown: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class ByHand:
    """The shell script, with what it needs of a lab that site.yml built."""

    lab: Lab
    bundle: str
    image: str
    manifests: Path

    def run(self, action: str) -> float:
        """Run one of the script's actions and return its seconds."""
        script = str(Path(__file__).with_name("by_hand.sh"))
        ports = (str(self.lab.http_port), str(self.lab.api_port))
        words = (action, f"{self.lab.name}-by-hand", *ports, self.bundle, str(ROOT), self.image, str(self.manifests))
        started = time.monotonic()
        subprocess.run([script, *words], check=True, timeout=900)
        return time.monotonic() - started


def measure(lab: Lab, rounds: int) -> tuple[Timings, list[str]]:
    """Build both ways, in turn."""
    timings, idle = Timings(), []
    lab.run("teardown.yml").require()
    lab.run("site.yml", "--tags", "bundle").require()
    for number in range(rounds):
        timings.site.append(lab.run("site.yml").require().seconds)
        timings.again.append(lab.run("site.yml").require(changed=0).seconds)
        by_hand = by_hand_for(lab)
        if number == 0:
            idle = at_rest(lab)
        timings.restart.append(restart(lab))
        timings.teardown.append(lab.run("teardown.yml").require().seconds)
        try:
            timings.hand.append(by_hand.run("up"))
        finally:
            by_hand.run("down")
    return timings, idle


def by_hand_for(lab: Lab) -> ByHand:
    """Keep what the script needs before the lab goes."""
    learned = json.loads((lab.state_dir / "lab.json").read_text())
    manifests = lab.scratch / "manifests"
    shutil.copytree(lab.state_dir / "manifests", manifests, dirs_exist_ok=True)
    return ByHand(lab, learned["bundle"]["dir"], learned["image"]["reference"], manifests)


def restart(lab: Lab) -> float:
    """Restart the node and return the seconds until the API answers again."""
    started = time.monotonic()
    docker("restart", lab.name)
    wait_until_healthy(lab)
    return time.monotonic() - started


def at_rest(lab: Lab) -> list[str]:
    """Return what the lab takes while nobody uses it."""
    time.sleep(SETTLE_SECONDS)
    before = processor_seconds(lab)
    time.sleep(IDLE_SECONDS)
    share = (processor_seconds(lab) - before) / IDLE_SECONDS
    used = docker("stats", "--no-stream", "--format", "{{.MemUsage}}", lab.name)
    match = re.match(r"([\d.]+)(\w+)", used)
    assert match, used
    memory = float(match[1]) * UNITS[match[2]] / MEGABYTE
    return [
        f"idle memory    {memory:6.0f} MB (aim 1200)",
        f"idle processor {share * 100:6.1f} % of one core over {IDLE_SECONDS} s",
    ]


def processor_seconds(lab: Lab) -> float:
    """Return the processor time that the node has used, with control groups of either version."""
    text = docker("exec", lab.name, "sh", "-c", CPU_FILES)
    match = re.search(r"usage_usec (\d+)", text)
    return int(match[1]) / 1e6 if match else int(text.split()[-1]) / 1e9


def report(timings: Timings, idle: list[str]) -> list[str]:
    """Return the lines that are printed."""
    ratio = statistics.median(site / hand for site, hand in zip(timings.site, timings.hand, strict=True))
    return [
        line("site.yml, from nothing to verified", timings.site, "aim 90, at most 150"),
        line("the same by hand", timings.hand, ""),
        f"{'ratio':<40} {ratio:6.2f}    (aim 1.3)",
        line("site.yml again, changed=0", timings.again, "at most 40"),
        line("docker restart until the API answers", timings.restart, "aim 30"),
        line("teardown.yml", timings.teardown, "at most 15"),
        *idle,
    ]


def line(what: str, seconds: list[float], aim: str) -> str:
    """Return the median with all values."""
    each = ", ".join(f"{value:.1f}" for value in seconds)
    return f"{what:<40} {statistics.median(seconds):6.1f} s  ({each}{'; ' + aim if aim else ''})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often both are built (default 3)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        lab = Lab(Path(scratch), name="crud-lab-bench", ssh_port=2307, api_port=6507, http_port=8107)
        print("\n".join(report(*measure(lab, arguments.rounds))))


if __name__ == "__main__":
    main()
