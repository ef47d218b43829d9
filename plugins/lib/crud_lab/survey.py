"""What one lab has on this machine, by really looking: Docker's objects, processes, files."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from crud_lab import docker_group

TIMEOUT = 20
LOCK = "run.lock"
# docker_node's labels: name and state directory on what is the lab's alone, another label on images that labs share.
DIRECTORY = '{{.Label "crud-lab.directory"}}'
LISTINGS = {
    "container": ("ps", "--all", "--format", f"{{{{.Names}}}}\t{DIRECTORY}"),
    "volume": ("volume", "ls", "--format", f"{{{{.Name}}}}\t{DIRECTORY}"),
    "network": ("network", "ls", "--format", f"{{{{.Name}}}}\t{DIRECTORY}"),
}
SHARED_IMAGE = "crud-lab.rootfs"


@dataclass(frozen=True, order=True)
class Thing:
    """Something that belongs to a lab; a process has a number besides."""

    kind: str
    name: str
    pid: int = 0


class DockerSilentError(Exception):
    """Docker is installed and doesn't answer, so nobody knows what it holds."""


def has_docker() -> bool:
    """Say whether Docker's client is installed."""
    return shutil.which("docker") is not None


def docker_objects(lab_name: str, state_dir: Path) -> list[Thing]:
    """Return the lab's containers, volumes and networks, and the images that no other lab uses."""
    found = []
    for kind, words in LISTINGS.items():
        for line in docker(*words, "--filter", f"label=crud-lab={lab_name}"):
            name, _, directory = line.partition("\t")
            if is_ours(directory, state_dir):
                found.append(Thing(kind, name))
    containers = {thing.name for thing in found if thing.kind == "container"}
    listing = docker(
        "image", "ls", "--filter", f"label={SHARED_IMAGE}", "--format", "{{.ID}}\t{{.Repository}}:{{.Tag}}"
    )
    for line in listing:
        number, _, name = line.partition("\t")
        users = docker("ps", "--all", "--filter", f"ancestor={number}", "--format", "{{.Names}}")
        if containers.issuperset(users):
            found.append(Thing("image", name))
    return found


def is_ours(directory: str, state_dir: Path) -> bool:
    """Say whether a label means this lab: another checkout may use its name, or have been moved away."""
    return directory == str(state_dir) or not Path(directory or "/").exists()


def docker(*words: str) -> list[str]:
    """Return the lines that the docker command writes."""
    try:
        done = subprocess.run(["docker", *words], capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise DockerSilentError(f"no answer within {TIMEOUT} s") from error
    if done.returncode and docker_group.is_lacking():
        raise DockerSilentError(docker_group.REASON)
    if done.returncode:
        raise DockerSilentError(done.stderr.strip().splitlines()[0] if done.stderr.strip() else "no reason given")
    return done.stdout.splitlines()


def connections(state_dir: Path) -> list[Thing]:
    """Return the SSH processes, tunnels above all, that have a file of the state directory in their arguments."""
    command = ["ps", "-axww", "-o", "pid=,args="]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=True)
    found = []
    for line in done.stdout.splitlines():
        pid, _, arguments = line.strip().partition(" ")
        # A connection that others share calls itself "ssh: <socket> [mux]".
        program = Path(arguments.partition(" ")[0]).name.rstrip(":")
        if program == "ssh" and f"{state_dir}/" in arguments:
            found.append(Thing("process", arguments, int(pid)))
    return found


def files(state_dir: Path) -> list[Thing]:
    """Return the state directory, unless it holds nothing but the lock of this very run."""
    try:
        entries = set(os.listdir(state_dir))  # noqa: PTH208 - names alone are wanted
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [Thing("directory", str(state_dir))] if entries - {LOCK} else []


def size(directory: Path) -> int:
    """Return the bytes of all files below a directory."""
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def receipt(before: list[Thing], after: list[Thing], kept: str, *, planned: bool) -> str:
    """Say what went (or, where it is only planned, would go), what is left over and what was kept on purpose."""
    gone = sorted(set(before) if planned else set(before) - set(after))
    title = "Would remove" if planned else "Removed"
    width = max((len(thing.kind) for thing in gone), default=0)
    lines = [title if gone else f"{title}: nothing, there is no such lab"]
    lines += [f"  {thing.kind:<{width}}  {thing.name}" for thing in gone]
    if not planned:
        lines.append(f"{len(after)} left over{''.join(f', {thing.kind} {thing.name}' for thing in after)}")
    return "\n".join([*lines, *([kept] if kept else [])])
