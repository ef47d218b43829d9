"""What changes the state of an instance: start, stop, recover, delete, set."""

from __future__ import annotations

from stand_in import options, sizes
from stand_in.daemon import Daemon, HangError
from stand_in.launching import FOR_GOOD
from stand_in.output import CLEAR, Failure, OutsideContractError, spin
from stand_in.store import Instance

GUEST_LIMIT = "stop failed: The QEMU process did not finish within 300000 milliseconds after being shutdown"


def start(daemon: Daemon, words: list[str]) -> None:
    """Boot an instance."""
    names, given = options.parse("start", words, values=("timeout",))
    options.seconds(given)
    name = _one("start", names)
    spin(f"Starting {name}")
    daemon.reach("start")
    instance = daemon.store.instances.get(name)
    if instance is None:
        raise Failure(2, f"start failed: instance(s) missing\nInstance '{name}' does not exist.\n")
    if instance.state == "Deleted":
        advice = "Use 'recover' to recover it or 'purge' to permanently delete it."
        raise Failure(2, f"start failed: instance(s) missing\nInstance '{name}' is deleted. {advice}\n")
    if instance.state == "Unknown":
        said = f"Instance '{name}' is already running, but in an unknown state.\nTry to stop it first."
        raise Failure(2, f"start failed: The following errors occurred:\n{said}")
    if instance.state in ("Stopped", "Suspended"):
        _boot(daemon, instance)
    print(CLEAR, end="")


def stop(daemon: Daemon, words: list[str]) -> None:
    """Power an instance off, or take back an order to do so."""
    names, given = options.parse("stop", words, flags=("force", "cancel"))
    name = _one("stop", names)
    spin(f"Stopping {name}")
    daemon.reach("stop")
    (instance,) = daemon.find("stop", [name])
    if "cancel" in given:
        instance.state = "Running" if instance.state == "Delayed Shutdown" else instance.state
        return
    if "force" not in given:
        _refuse_stop(daemon, instance)
    if instance.state != "Stopped":
        daemon.guest(instance).stop(instance)
    instance.state, instance.next_states = "Stopped", []


def recover(daemon: Daemon, words: list[str]) -> None:
    """Take an instance out of the trash."""
    names, _ = options.parse("recover", words)
    daemon.reach("recover")
    for instance in daemon.find("recover", [_one("recover", names)], deleted=True):
        instance.state = "Stopped" if instance.state == "Deleted" else instance.state


def delete(daemon: Daemon, words: list[str]) -> None:
    """Delete an instance for good; without --purge it would block its name from the trash."""
    names, given = options.parse("delete", words, flags=("purge",))
    if not names:
        raise Failure(1, "Name argument or --all is required")
    if "purge" not in given:
        raise OutsideContractError("delete without --purge")
    daemon.reach("delete")
    for instance in daemon.find("delete", [_one("delete", names)], deleted=True):
        if "delete-hangs" in daemon.faults:
            raise HangError
        daemon.guest(instance).delete(instance)
        del daemon.store.instances[instance.name]


def change(daemon: Daemon, words: list[str]) -> None:
    """Set processors, memory or disk of a stopped instance."""
    (pair,), _ = options.parse("set", words)
    print(CLEAR, end="")
    daemon.reach("set")
    key, _, value = pair.partition("=")
    name, setting = options.setting(key)
    instance = daemon.store.instances.get(name)
    reasons = {None: "No such instance", "Deleted": "Instance is deleted"}
    state = instance.state if instance else None
    if instance is None or state != "Stopped":
        reason = reasons.get(state, "Instance must be stopped for modification")
        raise Failure(2, f"set failed: Cannot update instance settings; instance: {name}; reason: {reason}")
    if setting not in options.SETTINGS:
        raise Failure(2, f"set failed: Unrecognized settings key: '{key}'")
    if setting == "cpus":
        if not value.isdigit() or int(value) == 0:
            raise _invalid(pair, "Need a positive integer (in decimal format) of minimum 1")
        instance.cpus = int(value)
        return
    try:
        after = sizes.parse(value)
    except ValueError as error:
        raise _invalid(pair, str(error)) from error
    if setting == "memory" and after < sizes.parse("128M"):
        raise _invalid(pair, "Memory less than 128M minimum not allowed")
    if setting == "disk" and after < sizes.parse(instance.disk):
        raise _invalid(pair, "Disk can only be expanded")
    setattr(instance, setting, sizes.human(after))


def _invalid(pair: str, reason: str) -> Failure:
    return Failure(2, f"set failed: Invalid setting '{pair}': {reason}")


def _one(command: str, names: list[str]) -> str:
    if len(names) != 1:
        raise OutsideContractError(f"{command} of {len(names)} instances: the role names exactly one")
    return names[0]


def _boot(daemon: Daemon, instance: Instance) -> None:
    if "no-start" in daemon.faults:
        raise Failure(2, 'start failed: The following errors occurred:\nFailed to get shared "write" lock')
    daemon.guest(instance).start(instance)
    instance.state, instance.next_states = "Running", []
    looks = daemon.faults.get("starting", 0)
    if looks:
        instance.state, instance.next_states = "Starting", [(looks, "Running")]
        raise Failure(5, "Timed out waiting for instance to start.")
    if "stuck" in daemon.faults:
        instance.state, instance.next_states = "Unknown", [(FOR_GOOD, "Running")]
        raise Failure(
            2, f"start failed: The following errors occurred:\n{instance.name}: timed out waiting for response"
        )


def _refuse_stop(daemon: Daemon, instance: Instance) -> None:
    if instance.state == "Suspended":
        raise Failure(
            2, f"stop failed: Cannot shut down suspended instance {instance.name}.\nUse --force to power it off."
        )
    if instance.state == "Starting":
        raise Failure(
            2, f"stop failed: Cannot shut down instance {instance.name} while starting.\nUse --force to power it off."
        )
    if "stop-hangs" in daemon.faults or instance.state == "Unknown":
        raise Failure(2, GUEST_LIMIT)
