"""What Multipass says about one instance, without disturbing another one."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from .client import Client
from .errors import MultipassError

IPV4 = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
# Addresses inside the instance: Kubernetes' pods and Services, and Docker's own bridge.
INNER = [ipaddress.ip_network(network) for network in ("10.42.0.0/16", "10.43.0.0/16", "172.17.0.1/32")]
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
    """Give the addresses of a running instance, the one to reach it by first; none while it can't be asked."""
    try:
        described = client.json("info", name)["info"][name]
    except MultipassError:
        return []
    return reachable(str(each) for each in described["ipv4"])


def reachable(found: Iterable[str]) -> list[str]:
    """Leave out what is no address, such as N/A, and what is inside the instance."""
    kept = [ipaddress.ip_address(each) for each in found if IPV4.fullmatch(each)]
    return [str(address) for address in kept if not any(address in network for network in INNER)]
