"""The same playbooks with a virtual machine as the node, on the stand-in for Multipass; nobody else feels it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.playbook import ROOT, Lab, Run, docker

STAND_IN = ROOT / "tests/multipass"
FOREIGN = {"foreign-runs": "Running", "foreign-trash": "Deleted", "foreign-broken": "Unknown"}
# CI runs as root, and the stand-in's instances are containers.
HERE = ("-e", "multipass_vm_root_allowed=true", "-e", "preflight_virtualisation_optional=true")


class VirtualLab:
    """A lab on a stand-in of its own, beside instances of somebody else."""

    def __init__(self, scratch: Path) -> None:
        """Put the others there."""
        self._state = scratch / "state.json"
        self._calls = scratch / "calls.jsonl"
        self.lab = Lab(scratch, name="crud-lab-e2e-vm", provider="multipass")
        for name, state in FOREIGN.items():
            subprocess.run([STAND_IN / "bin/put-instance", name, state], check=True)

    def run(self, playbook: str, *words: str, kill_at: int = 0) -> Run:
        """Run a playbook."""
        return self.lab.run(playbook, *HERE, *words, kill_at=kill_at)

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
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(STAND_IN / "bin"), prepend=os.pathsep)
        patch.setenv("MULTIPASS_STAND_IN_DIR", str(scratch))
        patch.setenv("MULTIPASS_STAND_IN_GUESTS", "containers")
        lab = VirtualLab(scratch)
        lab.run("teardown.yml").require()
        yield lab
        lab.run("teardown.yml").require()
        docker("image", "rm", "--force", "multipass-stand-in")


def test_one_run_from_nothing_ends_with_the_access_card(vm: VirtualLab) -> None:
    run = vm.run("site.yml").require()
    assert run.card.startswith(f"{vm.lab.name} is up")
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
