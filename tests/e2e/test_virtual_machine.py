"""The path of a laptop: a virtual machine from releases, on the stand-in for Multipass and from a site on this machine.

The same playbooks and roles as with the provider docker and the source packages; nobody else's instance feels it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.playbook import BUNDLE, ROOT, Lab, Run, docker
from e2e.release_mirror import FILES, IMAGES, Mirror, checkout, linked

STAND_IN = ROOT / "tests/multipass"
FOREIGN = {"foreign-runs": "Running", "foreign-trash": "Deleted", "foreign-broken": "Unknown"}
# CI runs as root, and the stand-in's instances are containers.
HERE = ("-e", "multipass_vm_root_allowed=true", "-e", "preflight_virtualisation_optional=true")


class VirtualLab:
    """A lab on a stand-in of its own, beside instances of somebody else."""

    def __init__(self, scratch: Path, root: Path, options: list[str]) -> None:
        """Put the others there; `options` go to every run of the checkout's playbooks."""
        self._state = scratch / "state.json"
        self._calls = scratch / "calls.jsonl"
        self._bundle = linked(BUNDLE, scratch / "bundle")
        self._options = [*HERE, *options, "-e", f"lab_bundle_dir={self._bundle}"]
        self.lab = Lab(scratch, name="crud-lab-e2e-vm", provider="multipass", root=root)
        for name, state in FOREIGN.items():
            subprocess.run([STAND_IN / "bin/put-instance", name, state], check=True)

    def run(self, playbook: str, *words: str, kill_at: int = 0) -> Run:
        """Run a playbook."""
        return self.lab.run(playbook, *self._options, *words, kill_at=kill_at)

    def manifest(self) -> dict[str, Any]:
        """Give what the bundle says of itself."""
        manifest: dict[str, Any] = json.loads((self._bundle / "manifest.json").read_text())
        return manifest

    def states(self) -> dict[str, str]:
        """Give the instances that the stand-in knows."""
        return {each["name"]: each["state"] for each in json.loads(self._state.read_text())}

    def calls(self) -> list[list[str]]:
        """Give all calls of multipass."""
        return [json.loads(line) for line in self._calls.read_text().splitlines()]

    def require_others_untouched(self) -> None:
        """Compare the others with how they were; no call may have named one."""
        assert {name: state for name, state in self.states().items() if name in FOREIGN} == FOREIGN
        assert [call for call in self.calls() if any(word.startswith("foreign") for word in call)] == []
        assert {call[0] for call in self.calls()} <= {"version", "list", "info", "get", "launch", "exec", "delete"}


@pytest.fixture(scope="module")
def vm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualLab]:
    """A virtual lab that does not exist yet, and that is gone at the end."""
    scratch = tmp_path_factory.mktemp("vm")
    mirror = Mirror(scratch / "mirror", BUNDLE)
    with pytest.MonkeyPatch.context() as patch, mirror.serving() as options:
        patch.setenv("PATH", str(STAND_IN / "bin"), prepend=os.pathsep)
        patch.setenv("no_proxy", "127.0.0.1")
        patch.setenv("MULTIPASS_STAND_IN_DIR", str(scratch))
        patch.setenv("MULTIPASS_STAND_IN_GUESTS", "containers")
        lab = VirtualLab(scratch, checkout(scratch / "checkout", mirror.lock), options)
        lab.run("teardown.yml").require()
        yield lab
        lab.run("teardown.yml").require()
        docker("image", "rm", "--force", "multipass-stand-in")
    shutil.rmtree(scratch)


def test_one_run_from_nothing_ends_with_the_access_card(vm: VirtualLab) -> None:
    run = vm.run("site.yml").require()
    assert run.card.startswith(f"{vm.lab.name} is up")
    assert vm.manifest()["source"] == "releases"
    fetched = {name: artefact["from"] for name, artefact in vm.manifest()["artefacts"].items()}
    assert {name for name in (*FILES, *IMAGES) if not fetched[name].startswith("http://127.0.0.1:")} == set()
    assert fetched["promtool"] == f"{fetched['prometheus']}, /bin/promtool"
    assert "rules are not checked" not in run.output, "the stage prometheus had it"
    vm.require_others_untouched()


def test_a_second_run_changes_nothing(vm: VirtualLab) -> None:
    vm.run("site.yml").require(changed=0)
    vm.require_others_untouched()


def test_teardown_leaves_nothing_and_nobody_missing(vm: VirtualLab) -> None:
    run = vm.run("teardown.yml").require()
    assert "\n0 left over" in run.card
    assert f"instance   {vm.lab.name}" in run.card
    assert vm.lab.name not in vm.states()
    assert docker("ps", "--all", "--quiet", "--filter", "label=multipass-stand-in") == ""
    vm.require_others_untouched()


def test_a_killed_run_is_continued_and_removed(vm: VirtualLab) -> None:
    require_continued(vm, every=4)


def require_continued(vm: VirtualLab, every: int) -> None:
    """Kill runs at steps of the role, each going on where the one before was killed; remove every fifth."""
    tasks = vm.run("site.yml", "--tags", "bundle,node").require().tasks
    steps = [number for number, task in enumerate(tasks, 1) if task.startswith("multipass_vm :")][::every]
    assert len(steps) > 3
    vm.run("teardown.yml").require()
    for number, step in enumerate(steps):
        assert vm.run("site.yml", "--tags", "bundle,node", kill_at=step).returncode == -9
        if number % 5 == 4:
            assert "\n0 left over" in vm.run("teardown.yml").require().card
        vm.require_others_untouched()
    vm.run("site.yml", "--tags", "bundle,node").require()
    assert "\n0 left over" in vm.run("teardown.yml").require().card
    vm.require_others_untouched()
