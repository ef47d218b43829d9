"""Which networks this machine has, and which of them hide those of Kubernetes."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from crud_lab.asked import output_of

# What Kubernetes may take instead, the usual ones first.
OTHERS = [
    *(IPv4Network(f"10.{number}.0.0/16") for number in range(44, 256)),
    *(IPv4Network(f"172.{number}.0.0/16") for number in range(18, 32)),
]
LINUX = Path("/proc/net/route")
# VPNs write their default route as two halves, so that the one that was there stays.
HALF = 1


@dataclass(frozen=True)
class Route:
    """A network and the interface that leads there."""

    network: IPv4Network
    interface: str

    def __str__(self) -> str:
        """Name both, as in 10.0.0.0/8 (tun0)."""
        return f"{self.network} ({self.interface})"


def routes(linux: Path = LINUX) -> list[Route]:
    """Give this machine's routes; none where neither way of asking works."""
    if linux.exists():
        return of_linux(linux.read_text(encoding="ascii"))
    return of_macos(output_of("netstat", "-rn", "-f", "inet"))


def of_linux(table: str) -> list[Route]:
    """Read /proc/net/route."""
    found = []
    for line in table.splitlines()[1:]:
        interface, destination, _, _, _, _, _, mask = line.split()[:8]
        found.append(Route(IPv4Network((_little_endian(destination), str(_little_endian(mask)))), interface))
    return found


def of_macos(table: str) -> list[Route]:
    """Read what netstat -rn prints on macOS, where 10.42/16 and 10.42 both mean 10.42.0.0/16."""
    found: list[Route] = []
    column = None
    for words in map(str.split, table.splitlines()):
        if "Netif" in words:
            column = words.index("Netif")
        elif column is not None and len(words) > column:
            network = _abbreviated(words[0])
            found += [Route(network, words[column])] if network else []
    return found


def clashing(known: Iterable[Route], inner: Iterable[str]) -> list[str]:
    """Give those that hide `inner`, the networks of pods and Services; a default route hides nothing."""
    wanted = [IPv4Network(network) for network in inner if ":" not in network]
    return [str(route) for route in _narrow(known) if any(route.network.overlaps(network) for network in wanted)]


def free(known: Iterable[Route]) -> list[str]:
    """Give two networks that no route hides; fewer where there are none."""
    taken = [route.network for route in _narrow(known)]
    return [str(other) for other in OTHERS if not any(other.overlaps(network) for network in taken)][:2]


def _narrow(known: Iterable[Route]) -> list[Route]:
    return [route for route in known if route.network.prefixlen > HALF]


def _little_endian(digits: str) -> IPv4Address:
    return IPv4Address(bytes.fromhex(digits)[::-1])


def _abbreviated(destination: str) -> IPv4Network | None:
    address, _, bits = destination.partition("/")
    octets = address.split(".")
    try:
        return IPv4Network((".".join([*octets, "0", "0", "0"][:4]), int(bits or 8 * len(octets))), strict=False)
    except (ValueError, ipaddress.AddressValueError):
        return None
