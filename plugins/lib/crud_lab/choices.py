"""What was chosen for a stage: kept in lab.json, so that a run which would undo a choice says so before it acts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from crud_lab import values
from crud_lab.commands import is_secret, option
from crud_lab.specs import Option

# Of the variables of all roles this one decides how a stage comes out; the others say where the lab is.
SHARED = {"lab_profile"}
LOCAL = "inventory/group_vars/all/local.yml"


def of_stage(options: Iterable[Option]) -> list[Option]:
    """Give those of a role's variables that are choices: no state, no secret, nothing about the lab itself."""
    return [
        each
        for each in options
        if (not each.name.startswith("lab_") or each.name in SHARED)
        and not each.name.endswith("_state")
        and not each.spec.get("no_log")
    ]


def made(options: Iterable[Option], raw: Mapping[str, Any], evaluate: Callable[[str], Any]) -> dict[str, Any]:
    """Give what was chosen: each variable that is not left at its default, with its value."""
    found = {}
    for each in options:
        if each.name in raw and not ("default" in each.spec and raw[each.name] == each.spec["default"]):
            value = values.plain(evaluate(each.name), each.spec)
            if not is_secret(each.name, value):
                found[each.name] = value
    return found


def undone(
    before: Mapping[str, Any],
    options: Iterable[Option],
    evaluate: Callable[[str], Any],
    consequences: Mapping[str, str],
    given: Collection[str],
) -> list[str]:
    """Give a sentence for each earlier choice that is another now; how to keep it, unless -e has just set it."""
    sentences = []
    for each in options:
        if each.name not in before:
            continue
        was, now = before[each.name], values.plain(evaluate(each.name), each.spec)
        if was == now or is_secret(each.name, now):
            continue
        sentence = f"{each.name} was {values.show(was)}, now {values.show(now)}"
        if consequences.get(each.name):
            sentence += f": {consequences[each.name]}"
        if each.name not in given:
            sentence += f". To keep it: {option(each.name, was)}, or the same in {LOCAL}"
        sentences.append(sentence)
    return sentences
