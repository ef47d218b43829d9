"""What changes nothing: version, list, info, get."""

from __future__ import annotations

import sys
from typing import Any

from stand_in import options, sizes
from stand_in.daemon import Daemon
from stand_in.output import Failure, OutsideContractError, document
from stand_in.store import Instance

VERSION = "1.16.3"
WITH_RUNTIME = ("Running", "Delayed Shutdown")
# Fault -> the address that is told instead of the instance's own.
WRONG = {"no-address": "N/A", "elsewhere": "127.0.0.2"}
HASH = "29a285cd4a0e1dd438a142fc1234fa9d7e89db06340739ec8a55a99de69b3d70"


def version(daemon: Daemon, words: list[str]) -> None:
    """Print both versions; without a daemon the client's alone, and all is well."""
    _, given = options.parse("version", words, values=("format",))
    options.json_wanted(given)
    known = {"multipass": VERSION}
    document(known | ({"multipassd": VERSION} if daemon.answers else {}))


def list_instances(daemon: Daemon, words: list[str]) -> None:
    """List all instances, those in the trash too."""
    arguments, given = options.parse("list", words, values=("format",), flags=("no-ipv4",))
    if arguments:
        raise Failure(1, "This command takes no arguments")
    options.json_wanted(given)
    daemon.reach("list")
    if "no-ipv4" not in given:
        raise OutsideContractError("list without --no-ipv4: it asks every guest")
    daemon.look()
    listed = [each for each in daemon.store.instances.values() if each.listed]
    items = [{"ipv4": [], "name": each.name, "release": "Not Available", "state": each.state} for each in listed]
    document({"list": items})


def info(daemon: Daemon, words: list[str]) -> None:
    """Describe instances; one that is missing aborts the lot."""
    names, given = options.parse("info", words, values=("format",))
    options.json_wanted(given)
    daemon.reach("info")
    if not names:
        raise OutsideContractError("info without a name: it asks every guest")
    found = daemon.find("info", names, deleted=True)
    if "unreachable" in daemon.faults and any(each.state in WITH_RUNTIME for each in found):
        raise Failure(2, "info failed: ssh connection failed: 'No route to host'")
    document({"errors": [], "info": {each.name: _description(daemon, each) for each in found}})


def get(daemon: Daemon, words: list[str]) -> None:
    """Print one setting, of an instance or of the daemon."""
    (key,), _ = options.parse("get", words)
    daemon.reach("get")
    if key == "local.driver":
        sys.stdout.write("qemu\n")
        return
    name, setting = options.setting(key)
    instance = daemon.store.instances.get(name)
    if instance is None:
        raise Failure(2, f"get failed: Cannot obtain instance settings; instance: {name}; reason: No such instance")
    if setting not in options.SETTINGS:
        raise Failure(2, f"get failed: Unrecognized settings key: '{key}'")
    sys.stdout.write(f"{getattr(instance, setting)}\n")


def _description(daemon: Daemon, instance: Instance) -> dict[str, Any]:
    """Describe one: numbers are text here and numbers there, as they are in reality."""
    known: dict[str, Any] = {
        "cpu_count": "",
        "disks": {"sda1": {}},
        "image_hash": HASH,
        "image_release": "",
        "ipv4": [],
        "load": [],
        "memory": {},
        "mounts": {},
        "release": "",
        "snapshot_count": "0",
        "state": instance.state,
    }
    if instance.state not in WITH_RUNTIME:
        return known
    wrong = [address for fault, address in WRONG.items() if fault in daemon.faults]
    return known | {
        "cpu_count": str(instance.cpus),
        "disks": {"sda1": {"total": str(sizes.parse(instance.disk)), "used": "399675392"}},
        "ipv4": wrong or daemon.guest(instance).addresses(instance),
        "load": [2.51, 0.72, 0.25],
        "memory": {"total": sizes.parse(instance.memory), "used": 210022400},
        "release": "Debian GNU/Linux 13 (trixie)",
    }
