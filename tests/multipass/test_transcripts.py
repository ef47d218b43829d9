"""The stand-in says what Multipass said: same exit status, same JSON shape, same message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from harness import World, call
from stand_in.output import CLEAR

SCENES = yaml.safe_load(Path(__file__).with_name("transcripts.yml").read_text(encoding="utf-8"))


def shape(value: Any) -> Any:
    """Reduce JSON to its names and types; an empty list may hold anything."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: f"{scene.get('faults', '')}{scene['given']}")
def test_a_recorded_scene_plays_the_same(world: World, scene: dict[str, Any]) -> None:
    for name, state in scene["given"].items():
        world.has(name, state)
    world.fault(*([scene["faults"]] if "faults" in scene else []))
    for block in scene["blocks"]:
        answer = call(tuple(block["run"].split()), block.get("stdin", ""))
        assert (answer.status, answer.stderr) == (block["exit"], block.get("stderr", "")), block["run"]
        if "json" in block:
            assert shape(json.loads(answer.stdout)) == shape(block["json"]), block["run"]
            assert _states(json.loads(answer.stdout)) == _states(block["json"]), block["run"]
        elif "stdout" in block:
            recorded = block["stdout"].replace("\\b", "\b").replace("\\n", "\n")
            assert answer.stdout.replace(CLEAR, "~") == recorded, block["run"]


def _states(document: dict[str, Any]) -> list[tuple[str, str]]:
    listed = document.get("list", [])
    described = document.get("info", {})
    return [(each["name"], each["state"]) for each in listed] + [
        (name, each["state"]) for name, each in described.items()
    ]
