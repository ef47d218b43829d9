"""What the workflows run exists, and the scenario of the real Multipass is the real one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from checkout import ROOT, load, role_dir

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
REAL = role_dir("multipass_vm") / "molecule/real"
each_workflow = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)


def steps(workflow: Path) -> list[dict[str, Any]]:
    return [step for job in load(workflow)["jobs"].values() for step in job["steps"]]


@each_workflow
def test_an_action_is_pinned_by_commit(workflow: Path) -> None:
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert [each for each in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", each)] == []


@each_workflow
def test_nothing_is_permitted_but_what_a_job_asks_for(workflow: Path) -> None:
    assert load(workflow)["permissions"] == {}
    assert [job["permissions"] for job in load(workflow)["jobs"].values()] == [{"contents": "read"}] * len(
        load(workflow)["jobs"]
    )


@each_workflow
def test_a_target_of_make_that_is_called_exists(workflow: Path) -> None:
    called = re.findall(r"\bmake ([a-z0-9-]+)", "\n".join(step.get("run", "") for step in steps(workflow)))
    assert called
    assert set(called) <= set(re.findall(r"^([a-z0-9-]+):", MAKEFILE, re.MULTILINE))


def test_one_workflow_runs_the_scenario_of_the_real_multipass() -> None:
    assert "\tcd roles/multipass_vm && molecule test --scenario-name real\n" in MAKEFILE
    calls = [
        step["run"] for workflow in WORKFLOWS for step in steps(workflow) if "molecule-real" in step.get("run", "")
    ]
    assert calls == ["make molecule-real"]


def test_that_scenario_runs_the_user_s_own_playbooks_and_no_stand_in() -> None:
    scenario = {path.name: load(path) for path in REAL.glob("*.yml")}
    assert scenario["converge.yml"][0]["ansible.builtin.import_playbook"] == "../../../../site.yml"
    for name in ("absent.yml", "destroy.yml"):
        assert scenario[name][0]["ansible.builtin.import_playbook"] == "../../../../teardown.yml"
    assert {"converge", "idempotence", "verify", "destroy"} <= set(
        scenario["molecule.yml"]["scenario"]["test_sequence"]
    )
    assert "env" not in scenario["molecule.yml"]["ansible"]


def test_the_runner_is_asked_for_no_package_that_only_debian_has() -> None:
    """`make check` runs there on Ubuntu, whose chromium is a snap: apt has no such package."""
    tasks = load(ROOT / "tests/prepare.yml")[0]["tasks"]
    chromium = [task for task in tasks if "chromium" in str(task["ansible.builtin.apt"]) + str(task.get("vars"))]
    assert [re.findall("ID=(\\w+)", str(task.get("when"))) for task in chromium] == [["debian"]]
