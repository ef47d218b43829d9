"""The story of one lab, in order: nothing, built, used, run again, restarted, killed, removed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e.browser import browsing, legend_of_graph
from e2e.documents import DOCUMENTS, Fence, Shell, fences, relative, shell_of
from e2e.playbook import Lab, Run, docker, wait_until_healthy

TAGS = ["preflight", "bundle", "node", "docker", "k3s", "image", "app", "prometheus", "grafana", "monitoring", "verify"]
STAGES = [tag for tag in TAGS if tag != "monitoring"]
KILLS = 10
PROMETHEUS_PORT = 9105


@pytest.fixture(scope="module")
def built(lab: Lab) -> Run:
    """A lab, built from nothing in one go."""
    return lab.run("site.yml").require()


@pytest.fixture(scope="module")
def again(lab: Lab, built: Run) -> Run:
    """A second run on the finished lab."""
    return lab.run("site.yml")


def test_check_mode_on_an_empty_machine_ends_well(lab: Lab, untouched: Callable[[], list[str]]) -> None:
    run = lab.run("site.yml", "--check").require()
    assert run.changed > 0, "it reports what it would create"
    assert untouched() == []


def test_one_run_from_nothing_ends_with_the_access_card(lab: Lab, built: Run) -> None:
    assert built.card.startswith(f"{lab.name} is up")
    assert built.output.rstrip().endswith(built.card)
    for stage in STAGES:
        assert any(line.startswith(f"{stage} ") and " done in " in line for line in built.output.splitlines()), stage


def test_the_commands_of_the_card_work_as_printed(lab: Lab, built: Run, directory_with_space: Path) -> None:
    create, read, pods = built.card_section("Try")
    made = json.loads(shell(create, directory_with_space))
    assert made in json.loads(shell(read, directory_with_space))["items"]
    assert "Running" in shell(pods, directory_with_space)


def test_the_card_shows_no_secret(lab: Lab, built: Run) -> None:
    key = (lab.state_dir / "x-key").read_text().strip()
    assert len(key) > 15
    assert key not in built.output


def test_prometheus_draws_a_recorded_series_in_a_browser(lab: Lab, built: Run, tmp_path: Path) -> None:
    opened = lab.run("playbooks/open-lab.yml", "-e", f"tunnels_prometheus_port={PROMETHEUS_PORT}").require()
    address = f"http://127.0.0.1:{PROMETHEUS_PORT}"
    assert f"Prometheus {address}" in opened.output
    with browsing(tmp_path, address) as page:
        series = "job:http_requests:rate1m"
        assert legend_of_graph(page, address, series) == [f'{series}{{job="crud-api"}}']
    lab.run("playbooks/close-lab.yml").require()


def test_a_second_run_changes_nothing(again: Run) -> None:
    again.require(changed=0)


def test_check_mode_on_a_finished_lab_changes_nothing(lab: Lab, built: Run) -> None:
    lab.run("site.yml", "--check", "--diff").require(changed=0)


@pytest.mark.parametrize("tag", TAGS)
def test_each_tag_alone_changes_nothing(lab: Lab, built: Run, tag: str) -> None:
    lab.run("site.yml", "--tags", tag).require(changed=0)


def test_a_restarted_node_answers_by_itself(lab: Lab, built: Run) -> None:
    docker("restart", lab.name)
    wait_until_healthy(lab)
    lab.run("site.yml", "--tags", "verify").require(changed=0)


@pytest.mark.parametrize("document", [path for path in DOCUMENTS if fences(path.read_text())], ids=relative)
def test_the_documents_can_be_typed_from_top_to_bottom(
    lab: Lab, built: Run, document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each leaves the lab as it found it, and nothing in the checkout."""
    before = set(lab.root.iterdir())
    with Shell(shell_of(document), lab) as shell:
        shell.type(Fence(["source ./activate"], [""], ""))
        for fence in fences(document.read_text()):
            if fence.reason:
                with capsys.disabled():
                    print(f"\n{relative(document)}: {fence.commands[0]} … is not run here: {fence.reason}")
            else:
                shell.type(fence)
    assert set(lab.root.iterdir()) == before


def test_teardown_says_what_it_would_remove(lab: Lab, built: Run) -> None:
    run = lab.run("teardown.yml", "--check").require()
    assert run.card.startswith("Would remove")
    wait_until_healthy(lab)


def test_teardown_leaves_the_machine_as_it_was(lab: Lab, built: Run, untouched: Callable[[], list[str]]) -> None:
    run = lab.run("teardown.yml").require()
    assert "\n0 left over" in run.card
    assert untouched() == []


def test_teardown_of_nothing_changes_nothing(lab: Lab, untouched: Callable[[], list[str]]) -> None:
    run = lab.run("teardown.yml").require(changed=0)
    assert run.card.startswith("Removed: nothing")
    assert untouched() == []


def test_a_killed_run_is_continued_by_the_next(lab: Lab, again: Run, untouched: Callable[[], list[str]]) -> None:
    """Ten kills spread over the tasks of one lab, each run going on where the one before was killed."""
    tasks = len(again.tasks)
    lab.run("teardown.yml").require()
    for number in range(KILLS):
        at = round((number + 0.5) * tasks / KILLS)
        run = lab.run("site.yml", kill_at=at)
        assert run.returncode == -9, f"killed before task {at} ({run.tasks[-1]}): {run.output[-3000:]}"
    finished = lab.run("site.yml").require()
    assert finished.card.startswith(f"{lab.name} is up")
    lab.run("teardown.yml").require()
    assert untouched() == []


def test_teardown_removes_a_half_built_lab(lab: Lab, built: Run, untouched: Callable[[], list[str]]) -> None:
    node = next(number for number, task in enumerate(built.tasks, 1) if task.startswith("docker :"))
    assert lab.run("site.yml", kill_at=node + 3).returncode == -9
    run = lab.run("teardown.yml").require()
    assert "\n0 left over" in run.card
    assert untouched() == []


def shell(command: str, directory: Path) -> str:
    """Run a line as a person would paste it."""
    done = subprocess.run(command, shell=True, cwd=directory, capture_output=True, text=True, check=False)  # noqa: S602
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout
