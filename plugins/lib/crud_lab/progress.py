"""The lines that tell how a run gets on: a hint before what takes long, one line per stage, the reason of a failure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crud_lab.commands import Commands

# Wide enough for the longest stage, so that the lines of a run stand below one another.
STAGE_WIDTH = len("prometheus")
# Tags that choose more than one stage, or none.
NO_STAGES = {"always", "never", "monitoring"}


def stage_of(tags: Iterable[str], role: str) -> str:
    """Give the stage that a task belongs to: the tag that its playbook puts on its role."""
    return next((tag for tag in tags if tag not in NO_STAGES), role)


def duration(seconds: float) -> str:
    """Write a time as a person would say it."""
    if seconds < 100:  # noqa: PLR2004 - up to here seconds are easier to picture
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def line(stage: str, text: str) -> str:
    """Write what a stage has to say, below what others said."""
    return f"{stage:<{STAGE_WIDTH}}  {text}"


def hint(stage: str, task: str, usual_seconds: float) -> str:
    """Say how long to be patient, and for what: Ansible prints a task's name only when it ends."""
    # "bundle : step | Make one" is role, file and name.
    name = task.rpartition(" | ")[2].rpartition(" : ")[2]
    return line(stage, f"{name}, usually {duration(usual_seconds)}")


def closing_line(record: Mapping[str, Any], seconds: float, commands: Commands, *, check_mode: bool) -> str:
    """Say what a stage did, what to look at and what comes next."""
    if record["state"] == "absent":
        done = "would be removed" if check_mode else f"removed in {duration(seconds)}"
    else:
        done = f"{'checked' if check_mode else 'done'} in {duration(seconds)}"
    parts = [line(record["stage"], done) + (f": {record['summary']}" if record["summary"] else "")]
    if record["look"]:
        parts.append(f"look: {commands.complete(record['look'])}")
    if record["next"]:
        parts.append(f"next: {commands.next_step(record['next'])}")
    return " | ".join(parts)


def waiting_line(requirement: Mapping[str, Any]) -> str:
    """Say in check mode that a stage could not be looked at yet."""
    return line(requirement["stage"], requirement["msg"])


def undone_lines(comparison: Mapping[str, Any]) -> list[str]:
    """Say before a stage acts which earlier choices are others now."""
    return [line(comparison["stage"], sentence) for sentence in comparison["undone"]]


def failure_line(stage: str, said: str, again: str) -> str:
    """Say at the very end what failed and how to go on from there."""
    return line(stage, f"failed: {said} | again: {again}")


def hidden_line(names: Sequence[str]) -> str:
    """Say which variables the printed commands lack."""
    again = ", ".join(f"-e {name}" for name in names)
    return f"\nSecrets are not printed. Give these again with the commands above: {again}"


def said_by(result: Mapping[str, Any]) -> str:
    """Give the reason of a failed task in one line."""
    failed_items = [item for item in _items(result) if item.get("failed") or item.get("unreachable")]
    source = failed_items[0] if failed_items else result
    if source.get("_ansible_no_log") or "censored" in source:
        return "the reason is hidden, because secrets pass in this task"
    message = str(source.get("msg") or "").strip()
    if not message or message == "non-zero return code":
        message = _last_line(source.get("stderr")) or _last_line(source.get("stdout")) or message or "no reason given"
    # Several findings stand one per line; the whole text is above, with the task.
    return textwrap.shorten("; ".join(message.splitlines()), 400, placeholder=" …")


def _items(result: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    items = result.get("results")
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def _last_line(text: object) -> str:
    lines = str(text or "").strip().splitlines()
    return lines[-1] if lines else ""
