"""The action lab_manifests in Ansible itself, at a namespace that somebody else made."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
THEIRS = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "theirs", "labels": {}, "managedFields": []}}
TASK = {
    "templates": ["namespace"],
    "namespace_variable": "crud_api_namespace",
    "directory": "{{ lab_state_dir }}/manifests",
    "prefix": "10-crud-api",
    "kubeconfig": "{{ lab_kubeconfig }}",
}
PLAY = {
    "name": "Try",
    "hosts": "controller",
    "gather_facts": False,
    "tasks": [
        {
            "name": f"Try {name}",
            "lab_manifests": {**TASK, "state": state},
            "check_mode": name == "check",
            "register": name,
            "ignore_errors": True,
        }
        for name, state in {"present": "present", "check": "present", "absent": "absent"}.items()
    ]
    + [
        {
            "name": "Keep what was said",
            "ansible.builtin.copy": {
                "content": "{{ [present, check, absent] | map(attribute='msg') | to_json }}",
                "dest": "{{ playbook_dir }}/said",
                "mode": "0600",
            },
        }
    ],
}


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    """A lab with a kubectl that knows of the namespace, and notes what it is asked."""
    kubectl = tmp_path / "bin/kubectl"
    kubectl.parent.mkdir()
    kubectl.write_text(f"#!/bin/sh\necho \"$@\" >> {tmp_path}/asked\ncat <<'END'\n{json.dumps(THEIRS)}\nEND\n")
    kubectl.chmod(0o755)
    (tmp_path / "templates").mkdir()
    shutil.copy(ROOT / "roles/crud_api/templates/namespace.yaml.j2", tmp_path / "templates")
    (tmp_path / "play.yml").write_text(json.dumps([PLAY]))
    return tmp_path / "state"


def test_a_namespace_of_somebody_else_is_refused_whatever_is_asked_for(state_dir: Path) -> None:
    directory = state_dir.parent
    given = {
        "lab_state_dir": str(state_dir),
        "lab_kubeconfig": "/no/cluster",
        "lab_bundle_dir": str(directory / "bundle"),
        "crud_api_namespace": "theirs",
    }
    program = shutil.which("ansible-playbook")
    assert program, "make check sets the environment up"
    done = subprocess.run(
        [program, "--inventory", ROOT / "inventory", directory / "play.yml", "--extra-vars", json.dumps(given)],
        env={
            **os.environ,
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            "PATH": f"{directory}/bin:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # A module, had one run, would have said that there is no such cluster.
    said = json.loads((directory / "said").read_text())
    assert len(said) == 3
    assert all("This lab did not make the namespace theirs and leaves it as it is" in one for one in said)
    assert len((directory / "asked").read_text().splitlines()) == 3
    assert [path.name for path in state_dir.iterdir()] == ["seal"]
