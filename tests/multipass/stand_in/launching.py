"""launch: the checks in the daemon's order, then a boot, or the fault that was asked for."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from stand_in import options, sizes, userdata
from stand_in.daemon import Daemon, HangError
from stand_in.output import CLEAR, Failure, OutsideContractError, spin
from stand_in.store import Instance

NAME = re.compile(r"[a-zA-Z]|[a-zA-Z][a-zA-Z0-9-]*[a-zA-Z0-9]")
MINIMUM = {"memory": sizes.parse("128M"), "disk": sizes.parse("512M")}
VALUES = ("name", "cpus", "memory", "disk", "timeout", "cloud-init")
FOR_GOOD = 10**6
LOG = "[2026-11-24T06:52:03.173] [error]"
# Fault -> exit status and message of a launch whose instance boots on without it.
LATE = {
    "client-timeout": (5, "Timed out waiting for instance launch."),
    "daemon-timeout": (
        2,
        "launch failed: The following errors occurred:\n{name}: timed out waiting for response",
    ),
}


def launch(daemon: Daemon, words: list[str]) -> None:
    """Make an instance."""
    instance = _read(words)
    sys.stdout.write(CLEAR * 2)
    daemon.reach("launch")
    _accept(daemon, instance, offline="offline" in daemon.faults)
    if "daemon-dies" in daemon.faults:
        raise Failure(2, "launch failed: cannot connect to the multipass socket")
    spin(f"Creating {instance.name}")
    spin(f"Preparing image for {instance.name}")
    if "hash-mismatch" in daemon.faults:
        raise Failure(2, "launch failed: Downloaded image hash does not match")
    instance.user_data = userdata.emit(instance.user_data)
    instance.cloud_init = userdata.complaint(instance.user_data)
    for ending in ("degraded", "error"):
        if f"cloud-init-{ending}" in daemon.faults:
            instance.cloud_init = ending
    instance.container = daemon.uses_containers
    daemon.store.put(instance)
    daemon.guest(instance).launch(instance)
    spin(f"Configuring {instance.name}")
    spin(f"Starting {instance.name}")
    _end(daemon, instance)
    spin("Waiting for initialization to complete")
    if "init-timeout" in daemon.faults:
        raise Failure(
            2, "launch failed: The following errors occurred:\ntimed out waiting for initialization to complete"
        )
    sys.stdout.write(f"Launched: {instance.name}\n{CLEAR}")


def _read(words: list[str]) -> Instance:
    """Check what the client checks by itself."""
    arguments, given = options.parse("launch", words, values=VALUES)
    if len(arguments) > 1:
        raise Failure(1, "Too many arguments supplied")
    cpus = given.get("cpus", "1")
    if not cpus.isdigit() or int(cpus) == 0:
        raise Failure(1, f"Error: invalid CPU count '{cpus}', need a positive integer value.")
    options.seconds(given)
    read: dict[str, str] = {}
    for key, default in (("memory", "1G"), ("disk", "5G")):
        try:
            read[key] = sizes.human(sizes.parse(given.get(key, default)))
        except ValueError as error:
            raise Failure(1, f"{LOG} [client] Caught an unhandled exception: {error}") from error
    user_data = _user_data(given["cloud-init"]) if "cloud-init" in given else "{}"
    if not arguments or "name" not in given:
        raise OutsideContractError("launch without an image or a name: both are pinned")
    return Instance(
        given["name"], cpus=int(cpus), memory=read["memory"], disk=read["disk"], image=arguments[0], user_data=user_data
    )


def _user_data(source: str) -> str:
    if source == "-":
        return sys.stdin.read()
    path = Path(source)
    hidden = any(part.startswith(".") for part in path.parts)
    if not path.is_file() or hidden or not path.resolve().is_relative_to(Path.home()):
        raise Failure(
            1,
            f"Could not load cloud-init configuration: bad file: {source}\nPlease ensure that Multipass can read it.",
        )
    return path.read_text()


def _accept(daemon: Daemon, instance: Instance, *, offline: bool) -> None:
    """Refuse what the daemon refuses before it makes anything."""
    if offline:
        print(f"{LOG} [url downloader] Failed to get the index of images", file=sys.stderr)
        print(f"{LOG} [blueprint provider] Error fetching Blueprints: failed to download", file=sys.stderr)
        if not instance.image.startswith("file://"):
            raise Failure(2, 'launch failed: Remote "" is unknown or unreachable.')
    if not NAME.fullmatch(instance.name):
        raise _invalid(f"Invalid instance name supplied: {instance.name}")
    for key in ("disk", "memory"):
        if sizes.parse(getattr(instance, key)) < MINIMUM[key]:
            short = getattr(instance, key).replace(".0", "").replace("iB", "")
            raise _invalid(f"Invalid {key} size value supplied: {short}.")
    known = daemon.store.instances.get(instance.name)
    if known is not None:
        complaint = "already exists" if known.listed else "is being prepared"
        raise Failure(2, f'launch failed: instance "{instance.name}" {complaint}')
    image = instance.image.removeprefix("file://")
    if image != instance.image and (not Path(image).exists() or f"{os.sep}." in image):
        raise Failure(2, f"launch failed: Custom image `{image}` does not exist.")


def _invalid(message: str) -> Failure:
    return Failure(2, f"launch failed: Invalid arguments supplied\n{message}")


def _end(daemon: Daemon, instance: Instance) -> None:
    """End the launch early where a fault says so; the guest boots on."""
    for fault, (status, message) in LATE.items():
        if fault in daemon.faults:
            instance.state = "Unknown"
            instance.next_states = [(daemon.faults[fault] or FOR_GOOD, "Running")]
            raise Failure(status, message.format(name=instance.name))
    if "preparing" in daemon.faults:
        instance.listed = False
        instance.state = "Unknown"
        instance.next_states = [(daemon.faults["preparing"], "Unknown"), (2, "Running")]
        raise Failure(5, "Timed out waiting for instance launch.")
    if "killed-client" in daemon.faults:
        instance.state = "Unknown"
        instance.next_states = [(2, "Running")]
        raise HangError
