"""What can't work is refused before anything changes, in a sentence with the fix."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from crud_lab import lock

from e2e import machine
from e2e.playbook import BUNDLE, Lab, Run, docker

PLENTY = 999_999_999


@pytest.fixture
def refused(lab: Lab) -> Callable[..., Run]:
    """Run site.yml, which must say these words and leave the machine as it is."""

    def run(words: str, *arguments: str) -> Run:
        before = machine.snapshot()
        run = lab.run("site.yml", *arguments)
        assert run.returncode != 0, run.output
        *_, before_last, last = run.output.rstrip().splitlines()
        # The check of the controller adds a line to be pasted.
        said = before_last if last.startswith(("FIX ", "ADMIN ")) else last
        assert re.search(words, said), said
        assert run.changed == 0
        assert machine.differences(before, machine.snapshot()) == []
        return run

    return run


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("lab_http_port=eighty", r"lab_http_port.*eighty"),
        ("lab_offline=perhaps", r"lab_offline.*perhaps"),
        ("lab_provider=vagrant", r"lab_provider.*vagrant.*docker"),
        ("lab_name=Crud_Lab", r"lab_name.*Crud_Lab"),
    ],
)
def test_a_variable_of_the_wrong_type(refused: Callable[..., Run], argument: str, words: str) -> None:
    refused(words, "-e", argument)


@pytest.mark.parametrize("argument", ["lab_htp_port=8081", "crud_api_replica=2"])
def test_an_unknown_variable(refused: Callable[..., Run], argument: str) -> None:
    refused(argument.partition("=")[0], "-e", argument)


def test_too_little_memory(refused: Callable[..., Run]) -> None:
    refused(r"memory.*preflight_memory_mb_min", "-e", f"preflight_memory_mb_min={PLENTY}")


def test_too_little_disk(refused: Callable[..., Run]) -> None:
    refused(r"MB free.*needs? \d+ MB.*free some", "-e", f"preflight_docker_mb={PLENTY}")


def test_a_busy_port(lab: Lab, refused: Callable[..., Run]) -> None:
    with socket.create_server(("127.0.0.1", lab.http_port)):
        refused(rf"{lab.http_port}.*lab_http_port", "--tags", "preflight")


@pytest.fixture
def foreign_container(lab: Lab) -> Iterator[str]:
    """Somebody else's container that happens to have the lab's name."""
    image = f"{lab.name}-foreign:1"
    empty = subprocess.run(["tar", "--create", "--files-from=/dev/null"], capture_output=True, check=True).stdout
    subprocess.run(["docker", "import", "-", image], input=empty, capture_output=True, check=True)
    docker("create", "--name", lab.name, image, "true")
    yield lab.name
    docker("rm", lab.name)
    docker("image", "rm", image)


def test_a_foreign_container_of_the_name(foreign_container: str, refused: Callable[..., Run]) -> None:
    refused(rf"container {foreign_container} exists that is not this lab's.*lab_name")


def test_teardown_leaves_a_foreign_container_alone(foreign_container: str, lab: Lab) -> None:
    before = machine.snapshot()
    lab.run("teardown.yml").require(changed=0)
    assert machine.differences(before, machine.snapshot()) == []


def test_a_held_lock(lab: Lab, refused: Callable[..., Run]) -> None:
    lock.acquire(lab.state_dir, lock.Holder.current())
    try:
        refused(rf"being changed by .*pid {os.getpid()}.*kill {os.getpid()}")
    finally:
        # As a run that ends does it. An empty directory of labs, left here, would go with the next run.
        lock.release(lab.state_dir, lock.Holder.current())


@pytest.fixture(scope="module")
def scratch_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real bundle's files under other names: links, so that nothing of it is copied or changed."""
    scratch = tmp_path_factory.mktemp("bundle", numbered=False) / "bundle"
    try:
        shutil.copytree(BUNDLE, scratch, copy_function=os.link)
    except (OSError, shutil.Error):  # another file system
        shutil.copytree(BUNDLE, scratch, dirs_exist_ok=True)
    return scratch


@pytest.mark.parametrize("kind", ["bin/", "images/", "node/debs/", "node/rootfs", "tools/", "wheels/"])
def test_a_flipped_bit_in_the_bundle(scratch_bundle: Path, refused: Callable[..., Run], kind: str) -> None:
    artefacts = json.loads((scratch_bundle / "manifest.json").read_text())["artefacts"].values()
    files = [file for artefact in artefacts for file in artefact["files"] if file["path"].startswith(kind)]
    chosen = min(files, key=lambda file: int(file["size"]))
    damaged = scratch_bundle / chosen["path"]
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    whole = damaged.rename(damaged.with_name(f"{damaged.name}.whole"))
    damaged.write_bytes(content)
    shutil.copystat(whole, damaged)
    try:
        run = refused(re.escape(chosen["path"]), "-e", f"lab_bundle_dir={scratch_bundle}", "-e", "lab_offline=true")
        assert len(set(re.findall(r"\b[0-9a-f]{64}\b", run.output))) == 2, "both sums"
        assert chosen["sha256"] in run.output
    finally:
        whole.replace(damaged)
