"""Kills at every task, restarts, lives: hours, by hand with make soak."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from e2e.clients import Clients
from e2e.playbook import Lab, Run, docker, wait_until_healthy
from e2e.test_lab import STAGES
from e2e.test_no_failed_request import HA, SQLITE, require_no_failed_request, require_records_survive
from e2e.test_virtual_machine import VirtualLab, require_continued

RESTARTS = 20
REQUESTS = 50_000
NODE_KILLS = 50
LIVES = 5
# Long enough that the task works, short enough that most have not ended.
INTO_THE_TASK = 0.4


@pytest.fixture(scope="module")
def tasks(lab: Lab) -> list[str]:
    """The tasks of a run on a finished lab: at least as many has every other run."""
    lab.run("site.yml").require()
    return lab.run("site.yml").require(changed=0).tasks


@pytest.mark.parametrize("delay", [0, INTO_THE_TASK], ids=["before", "within"])
def test_a_kill_at_every_task(
    lab: Lab, tasks: list[str], untouched: Callable[[], list[str]], delay: float, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.run("teardown.yml").require()
    for at in range(1, len(tasks) + 1):
        run = lab.run("site.yml", kill_at=at, kill_delay=delay)
        with capsys.disabled():
            print(f"\rkilled at {at} of {len(tasks)} tasks", end="", flush=True)
        assert run.returncode in (-9, 0), f"task {at} ({run.tasks[-1]}): {run.output[-3000:]}"
    verified(lab.run("site.yml"), lab)
    lab.run("teardown.yml").require()
    assert untouched() == []


@pytest.mark.parametrize(
    "role", [{"node": "docker_node", "image": "crud_image", "app": "crud_api"}.get(tag, tag) for tag in STAGES]
)
def test_a_kill_in_each_stage_of_a_new_lab(lab: Lab, tasks: list[str], role: str) -> None:
    first = next(number for number, task in enumerate(tasks, 1) if task.startswith(f"{role} :"))
    for at in (first, first + 2, first + 5):
        lab.run("teardown.yml").require()
        assert lab.run("site.yml", kill_at=at, kill_delay=INTO_THE_TASK).returncode == -9
        verified(lab.run("site.yml"), lab)


def test_a_node_that_is_restarted_again_and_again(lab: Lab, tasks: list[str]) -> None:
    lab.run("site.yml").require()
    for _ in range(RESTARTS):
        docker("restart", lab.name)
        wait_until_healthy(lab)
    lab.run("site.yml").require(changed=0)


def test_no_request_fails_while_pods_come_and_go(lab: Lab, tell: Callable[[Clients], None]) -> None:
    lab.run("site.yml", *HA).require()
    require_no_failed_request(lab, REQUESTS, tell)


@pytest.mark.parametrize("variables", [HA, SQLITE], ids=["redis", "sqlite"])
def test_acknowledged_records_survive_a_node_killed_again_and_again(lab: Lab, variables: tuple[str, ...]) -> None:
    lab.run("site.yml").require()
    require_records_survive(lab, variables, NODE_KILLS)


def test_lab_after_lab_leaves_nothing(lab: Lab, tasks: list[str], untouched: Callable[[], list[str]]) -> None:
    for _ in range(LIVES):
        lab.run("teardown.yml").require()
        assert untouched() == []
        verified(lab.run("site.yml"), lab)


def test_a_kill_at_every_step_of_a_virtual_machine(vm: VirtualLab) -> None:
    require_continued(vm, every=1)


def verified(run: Run, lab: Lab) -> None:
    """The run ended with the access card."""
    assert run.require().card.startswith(f"{lab.name} is up")
