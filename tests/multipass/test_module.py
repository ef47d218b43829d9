"""The module as Ansible runs it, with the stand-in on PATH."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import ansible.module_utils
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MODULE = ROOT / "plugins/modules/multipass_instance.py"
BIN = Path(__file__).parent / "bin"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module's own file, imported as Ansible would."""
    utilities = [*ansible.module_utils.__path__, str(ROOT / "plugins/module_utils")]
    monkeypatch.setattr(ansible.module_utils, "__path__", utilities)
    spec = importlib.util.spec_from_file_location("multipass_instance", MODULE)
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def run(directory: Path, *words: str, **arguments: str | bool) -> dict[str, Any]:
    """Run the module on this machine and return its answer."""
    given = {"name": "lab", "claim": str(directory / "multipass.json"), "allow_root": True, **arguments}
    path = os.pathsep.join([str(BIN), str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["ansible", "localhost", "-m", "multipass_instance", "-a", json.dumps(given), *words],
        cwd=ROOT,
        env=os.environ | {"PATH": path, "MULTIPASS_STAND_IN_DIR": str(directory), "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    ending, _, answer = done.stdout.partition(" =>")
    values: dict[str, Any] = yaml.safe_load(answer)
    return values | {"failed": "FAILED" in ending}


def test_an_instance_is_made_and_described(module: Any, tmp_path: Path) -> None:
    planned = run(tmp_path, "--check")
    assert (planned["changed"], planned["calls"]) == (
        True,
        [["version", "--format", "json"], ["list", "--no-ipv4", "--format", "json"]],
    )
    made = run(tmp_path)
    assert made["changed"]
    assert made["state"] == "Running"
    assert made["address"] == "10.186.30.113"
    assert made["addresses"] == ["10.186.30.113"]
    assert made["cloud_init"] == "done"
    own = made.keys() - {"changed", "failed"}
    assert own <= yaml.safe_load(module.RETURN).keys(), "what it returns is documented"


def test_it_fails_in_a_sentence(tmp_path: Path) -> None:
    answer = run(tmp_path, name="a_b")
    assert answer["failed"]
    assert "Invalid instance name supplied: a_b" in answer["msg"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is refused")
def test_root_is_refused_unless_root_is_all_there_is(tmp_path: Path) -> None:
    answer = run(tmp_path, allow_root=False)
    assert "not called as root" in answer["msg"]
    assert not (tmp_path / "calls.jsonl").exists()


def test_its_parts_need_the_standard_library_alone() -> None:
    files = (ROOT / "plugins/module_utils/multipass_client").glob("*.py")
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text()))]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    assert imported
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_the_documented_arguments_are_those_that_it_takes(module: Any) -> None:
    facts = ("type", "elements", "choices", "default", "required")
    options = yaml.safe_load(module.DOCUMENTATION)["options"]
    documented = {name: {fact: option[fact] for fact in facts if fact in option} for name, option in options.items()}
    assert documented == module.ARGUMENTS
