"""The lines that tell how a run gets on."""

from __future__ import annotations

from typing import Any

import pytest
from crud_lab import progress
from crud_lab.commands import Commands

RECORD = {"stage": "k3s", "state": "present", "summary": "node Ready", "look": "kubectl get nodes", "next": "image"}


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0 s"), (38.2, "38 s"), (99, "99 s"), (120, "2 min"), (119.6, "2 min"), (754, "12 min 34 s")],
)
def test_times_are_said_as_people_do(seconds: float, said: str) -> None:
    assert progress.duration(seconds) == said


def test_a_hint_says_which_stage_waits_for_what() -> None:
    assert progress.hint("bundle", "bundle : step | 7/14 prometheus: building", 60) == (
        "bundle      7/14 prometheus: building, usually 60 s"
    )
    assert progress.hint("k3s", "Restart k3s", 15) == "k3s         Restart k3s, usually 15 s"


def test_a_stage_ends_with_what_was_done_where_to_look_and_what_is_next() -> None:
    assert progress.closing_line(RECORD, 38, Commands(), check_mode=False) == (
        "k3s         done in 38 s: node Ready | look: kubectl get nodes | next: ansible-playbook site.yml --tags image"
    )


def test_a_stage_may_have_nothing_more_to_say() -> None:
    record = {**RECORD, "summary": "", "look": "", "next": ""}
    assert progress.closing_line(record, 1, Commands(), check_mode=True) == "k3s         checked in 1 s"


@pytest.mark.parametrize(("check_mode", "done"), [(False, "removed in 2 s"), (True, "would be removed")])
def test_a_removed_stage_says_so(*, check_mode: bool, done: str) -> None:
    record = {**RECORD, "state": "absent", "look": "", "next": ""}
    assert progress.closing_line(record, 2, Commands(), check_mode=check_mode) == f"k3s         {done}: node Ready"


def test_the_lines_of_all_stages_are_aligned() -> None:
    lines = [
        progress.closing_line({**RECORD, "stage": stage}, 1, Commands(), check_mode=False)
        for stage in ("app", "prometheus")
    ]
    assert len({line.index("done in") for line in lines}) == 1


@pytest.mark.parametrize(
    ("tags", "stage"),
    [(["always", "preflight"], "preflight"), (["prometheus", "monitoring"], "prometheus"), ([], "docker_node")],
)
def test_the_stage_of_a_task_is_the_tag_of_its_role(tags: list[str], stage: str) -> None:
    assert progress.stage_of(tags, "docker_node") == stage


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"msg": "Too small"}, "Too small"),
        ({"msg": "one\ntwo"}, "one; two"),
        ({"msg": "non-zero return code", "stderr": "a\nreason\n", "stdout": "x"}, "reason"),
        ({"msg": "non-zero return code", "stdout": "reason"}, "reason"),
        ({"msg": "non-zero return code"}, "non-zero return code"),
        ({"msg": "One or more", "results": [{"msg": "fine"}, {"failed": True, "msg": "second"}]}, "second"),
        ({"censored": "the output has been hidden"}, "the reason is hidden, because secrets pass in this task"),
        ({}, "no reason given"),
    ],
)
def test_a_failure_says_its_reason_in_one_line(result: dict[str, Any], said: str) -> None:
    assert progress.said_by(result) == said


def test_a_long_reason_is_shortened() -> None:
    assert len(progress.said_by({"msg": "word " * 1000})) <= 400


def test_a_failed_run_ends_with_the_command_to_go_on_with() -> None:
    again = Commands().playbook("site.yml", "k3s")
    assert progress.failure_line("k3s", "no", again) == (
        "k3s         failed: no | again: ansible-playbook site.yml --tags k3s"
    )
