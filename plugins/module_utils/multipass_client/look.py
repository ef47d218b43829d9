"""What Multipass says about one instance, without disturbing another one."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from .client import Client
from .errors import MultipassError

IPV4 = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
# An address inside every instance with Docker: that of its bridge.
DOCKER = "172.17.0.1"
LOOKS = 3


def state(client: Client, name: str) -> str | None:
    """Give the state of an instance, Deleted included, or None where no instance has that name.

    --no-ipv4 keeps the daemon from asking every guest for addresses, where one sick guest holds up all (#1992, #5219).
    """
    for attempt in range(1, LOOKS + 1):
        try:
            listed = client.json("list", "--no-ipv4")["list"]
        except MultipassError:
            if attempt == LOOKS:
                raise
            continue
        return next((str(each["state"]) for each in listed if each["name"] == name), None)
    return None


def addresses(client: Client, name: str) -> list[str]:
    """Give the addresses that a running instance says it has, but Docker's; none while it can't be asked."""
    try:
        described = client.json("info", name)["info"][name]
    except MultipassError:
        return []
    # Not every one is an address, such as N/A.
    return [each for each in map(str, described["ipv4"]) if IPV4.fullmatch(each) and each != DOCKER]


def reachable(found: Iterable[str], inner: Iterable[str]) -> list[str]:
    """Leave out what is inside the instance; `inner` are the networks of Kubernetes' pods and Services in it."""
    networks = [ipaddress.ip_network(network) for network in inner]
    return [each for each in found if not any(ipaddress.ip_address(each) in network for network in networks)]
