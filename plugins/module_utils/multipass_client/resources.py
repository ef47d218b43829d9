"""Processors, memory and disk: what an instance has, and what is wanted."""

from __future__ import annotations

from dataclasses import dataclass

from . import sizes
from .client import Client
from .errors import MultipassError

Values = dict[str, str]
KEYS = ("cpus", "memory", "disk")


@dataclass(frozen=True)
class Comparison:
    """What an instance has, and what of it is to grow to what."""

    present: Values
    growing: Values


def compare(client: Client, name: str, wanted: Values) -> Comparison:
    """Compare; to take something away is refused before anything changes."""
    present = {key: client.require("get", f"local.{name}.{key}").stdout.strip() for key in KEYS}
    more = {key: _more(key, wanted[key], present[key]) for key in KEYS}
    less = [f"{key} from {present[key]} to {wanted[key]}" for key in KEYS if more[key] < 0]
    if less:
        kept = " ".join(f"-e multipass_vm_{key}={present[key]}" for key in KEYS if more[key] < 0)
        raise MultipassError(
            f"{name} can't shrink ({', '.join(less)}): a disk only grows in Multipass, and what runs inside counts on "
            f"its processors and memory. Keep them with {kept}, for good in inventory/group_vars/all/local.yml; or "
            "make it anew, its data lost: ansible-playbook teardown.yml, then site.yml"
        )
    return Comparison(present, {key: wanted[key] for key in KEYS if more[key] > 0})


def grow(client: Client, name: str, growing: Values) -> None:
    """Give a stopped instance more; Multipass refuses it for any other."""
    for key, value in growing.items():
        client.require("set", f"local.{name}.{key}={value}")


def _more(key: str, wanted: str, present: str) -> int:
    return int(wanted) - int(present) if key == "cpus" else sizes.difference(wanted, present)
