"""Compare site.yml with the same steps by hand, and measure what a lab takes: make bench.

Both build the same lab from the same complete bundle, in turn, so that what slows the machine slows both.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from e2e.playbook import ROOT, Lab, docker, wait_until_healthy

from bench import takes
from bench.figures import Figures

FROM_NOTHING = "with a bundle, from nothing to a verified lab"
BY_HAND = "the same by hand"
AGAIN = "the same run again, nothing to change"
RESTART = "docker restart of the node until the API answers"
TEARDOWN = "teardown"


@dataclass(frozen=True)
class ByHand:
    """The shell script, with what it needs of a lab that site.yml built."""

    lab: Lab
    bundle: Path
    image: str
    manifests: Path

    def run(self, action: str) -> float:
        """Run one of the script's actions and return its seconds."""
        script = str(Path(__file__).with_name("by_hand.sh"))
        ports = (str(self.lab.http_port), str(self.lab.api_port))
        paths = (str(self.bundle), str(ROOT), self.image, str(self.manifests))
        started = time.monotonic()
        subprocess.run([script, action, f"{self.lab.name}-by-hand", *ports, *paths], check=True, timeout=900)
        return time.monotonic() - started


def measure(lab: Lab, rounds: int, *, short: bool) -> Figures:
    """Build both ways, in turn.

    A short measurement begins with a lab that stands, without the figure for building it, and does not wait until a
    lab is at rest.
    """
    figures = Figures()
    if not short:
        lab.run("site.yml", "--tags", "bundle").require()
        lab.run("teardown.yml").require()
    for number in range(rounds):
        if not stands(lab):
            figures.add(FROM_NOTHING, lab.run("site.yml").require().seconds, "s")
        figures.add(AGAIN, lab.run("site.yml").require(changed=0).seconds, "s")
        by_hand = by_hand_for(lab)
        if number == 0:
            takes.bundle(figures, by_hand.bundle)
            takes.idle(figures, lab, settle=1 if short else 60, watch=1 if short else 30)
            takes.node(figures, lab)
        figures.add(RESTART, restart(lab), "s")
        figures.add(TEARDOWN, lab.run("teardown.yml").require().seconds, "s")
        try:
            figures.add(BY_HAND, by_hand.run("up"), "s")
        finally:
            by_hand.run("down")
    figures.add_ratios(FROM_NOTHING, BY_HAND)
    return figures


def stands(lab: Lab) -> bool:
    """Tell whether the lab's node is there."""
    return docker("ps", "--all", "--quiet", "--filter", f"name=^{lab.name}$") != ""


def by_hand_for(lab: Lab) -> ByHand:
    """Keep what the script needs before the lab goes."""
    learned = json.loads((lab.state_dir / "lab.json").read_text())
    manifests = lab.scratch / "manifests"
    shutil.copytree(lab.state_dir / "manifests", manifests, dirs_exist_ok=True)
    return ByHand(lab, Path(learned["bundle"]["dir"]), learned["image"]["reference"], manifests)


def restart(lab: Lab) -> float:
    """Restart the node and return the seconds until the API answers again."""
    started = time.monotonic()
    docker("restart", lab.name)
    wait_until_healthy(lab)
    return time.monotonic() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often both are built (default 3)")
    parser.add_argument(
        "--short", action="store_true", help="one round, which shows that the bench works and little else"
    )
    parser.add_argument("--bundle", action="store_true", help="build a bundle from nothing, too (13 minutes)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        lab = Lab(Path(scratch), name="crud-lab-bench", ssh_port=2307, api_port=6507, http_port=8107)
        figures = measure(lab, 1 if arguments.short else arguments.rounds, short=arguments.short)
        if arguments.bundle:
            takes.bundle_from_nothing(figures, lab)
    print("\n".join(figures.lines()))


if __name__ == "__main__":
    main()
