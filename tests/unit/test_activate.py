"""`source ./activate` in the shells that people have, from a checkout whose path has a space."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
each_shell = pytest.mark.parametrize("shell", ["bash", "zsh"])


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    path = tmp_path / "my labs" / "crud lab"
    (path / ".venv/bin").mkdir(parents=True)
    (path / ".venv/bin/python").symlink_to(sys.executable)
    (path / ".venv/.lab").touch()
    shutil.copy(ROOT / "activate", path)
    (path / "plugins/lib").mkdir(parents=True)
    (path / "plugins/lib/crud_lab").symlink_to(ROOT / "plugins/lib/crud_lab")
    return path


def run(shell: str, script: str, checkout: Path, **more: str) -> dict[str, str]:
    """Run a script with $checkout set, and give the environment that it ends with."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/home/ann",
        "KUBECONFIG": "/home/ann/.kube/config",
        "checkout": str(checkout),
        **more,
    }
    script += f"\n'{sys.executable}' -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    done = subprocess.run([shell, "-euc", script], env=environment, cwd="/", capture_output=True, text=True, check=True)
    *said, last = done.stdout.splitlines()
    return {**json.loads(last), "said": "\n".join(said)}


@each_shell
def test_the_tools_of_the_lab_come_first(shell: str, checkout: Path) -> None:
    after = run(shell, 'source "$checkout/activate"', checkout)
    first, second, *_ = after["PATH"].split(":")
    assert first == f"{checkout}/.venv/bin"
    assert second.startswith("/home/ann/.cache/crud-lab/bundle/tools/")
    assert after["KUBECONFIG"] == f"{checkout}/.lab/crud-lab/kubeconfig"
    assert after["KUBECACHEDIR"] == f"{checkout}/.lab/crud-lab/kube-cache"
    assert after["ANSIBLE_CONFIG"] == f"{checkout}/ansible.cfg"
    assert after["LAB_KEY_FILE"] == f"{checkout}/.lab/crud-lab/x-key.header"


@each_shell
def test_before_there_is_a_lab_no_address_is_made_up(shell: str, checkout: Path) -> None:
    after = run(shell, 'source "$checkout/activate"', checkout, LAB_URL="http://192.0.2.1")
    assert after["LAB_URL"] == ""
    assert after["said"] == (
        "Lab crud-lab has no node yet: ansible-playbook is on PATH."
        " When the lab is built, source ./activate again to set LAB_URL."
    )


@each_shell
@pytest.mark.parametrize(
    ("learned", "url"),
    [
        ({"node": {"url": "http://10.1.2.3"}}, "http://10.1.2.3"),
        ({"node": {"url": "http://127.0.0.1:8080"}, "app": None}, "http://127.0.0.1:8080"),
        ({"node": {"url": "http://10.1.2.3"}, "app": {"url": "http://crud.example.org"}}, "http://crud.example.org"),
    ],
    ids=["node", "app removed", "host of the Ingress"],
)
def test_curl_gets_the_address_and_the_key_of_this_lab(
    shell: str, checkout: Path, learned: dict[str, object], url: str
) -> None:
    state = checkout / ".lab/crud-lab"
    state.mkdir(parents=True)
    (state / "lab.json").write_text(json.dumps(learned | {"bundle": {"dir": "/srv/bundle"}}))
    after = run(shell, 'source "$checkout/activate"', checkout)
    assert after["LAB_URL"] == url
    assert after["said"] == (
        f"Lab crud-lab: ansible-playbook and kubectl are on PATH, LAB_URL is {url}, LAB_KEY_FILE is set;"
        " deactivate_lab undoes it."
    )


@each_shell
def test_another_lab_has_its_own_cluster_and_knows_its_bundle(shell: str, checkout: Path) -> None:
    state = checkout / ".lab/other"
    state.mkdir(parents=True)
    (state / "lab.json").write_text('{"bundle": {"dir": "/srv/a bundle"}}')
    after = run(shell, 'LAB_NAME=other source "$checkout/activate"', checkout)
    assert after["KUBECONFIG"] == f"{state}/kubeconfig"
    assert after["LAB_KEY_FILE"] == f"{state}/x-key.header"
    assert ":/srv/a bundle/tools/" in after["PATH"]


@each_shell
def test_everything_can_be_undone_and_done_again(shell: str, checkout: Path) -> None:
    after = run(shell, 'source "$checkout/activate"; source "$checkout/activate"', checkout)
    assert after["PATH"].count(str(checkout)) == 1
    script = 'source "$checkout/activate"; deactivate_lab; deactivate_lab'
    own = {"LAB_URL": "it's $HOME; 2 * 3\n", "LAB_KEY_FILE": ""}
    after = run(shell, script, checkout, **own)
    assert after["PATH"] == os.environ["PATH"]
    assert after["KUBECONFIG"] == "/home/ann/.kube/config"
    assert {name: after[name] for name in own} == own
    assert not {"ANSIBLE_CONFIG", "KUBECACHEDIR", "OBJC_DISABLE_INITIALIZE_FORK_SAFETY"} & after.keys()


@each_shell
def test_macos_lets_ansible_fork(shell: str, checkout: Path) -> None:
    after = run(shell, 'source "$checkout/activate"', checkout)
    assert after["OBJC_DISABLE_INITIALIZE_FORK_SAFETY"] == "YES"
    script = 'source "$checkout/activate"; deactivate_lab'
    after = run(shell, script, checkout, OBJC_DISABLE_INITIALIZE_FORK_SAFETY="NO")
    assert after["OBJC_DISABLE_INITIALIZE_FORK_SAFETY"] == "NO"


@each_shell
def test_a_locale_that_ansible_refuses_is_told_before_ansible_starts(shell: str, checkout: Path) -> None:
    after = run(shell, 'source "$checkout/activate" 2>&1', checkout, LC_ALL="xx_XX.UTF-8")
    assert "The locale (LC_ALL=xx_XX.UTF-8) is not installed here" in after["said"]


@each_shell
def test_without_an_environment_it_says_what_to_do(shell: str, checkout: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    after = run(shell, 'source "$checkout/activate" 2>&1 || true', checkout)
    assert after["said"] == f"The lab is not set up: run make setup in {checkout} first."
    assert after["PATH"] == os.environ["PATH"]
