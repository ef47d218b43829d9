"""Which routes hide Kubernetes' networks, on both systems' tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from crud_lab import network

INNER = ["10.42.0.0/16", "10.43.0.0/16"]
LINUX = """\
Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010011AC	0003	0	0	0	00000000	0	0	0
eth0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
"""
VPN = "tun0	0000000A	00000000	0001	0	0	0	000000FF	0	0	0\n"
POD = "wg0	00002B0A	00000000	0001	0	0	0	0000FFFF	0	0	0\n"
# What a VPN writes that takes everything, and hides nothing more than a default route does.
HALVES = """\
tun0	00000000	00000000	0001	0	0	0	00000080	0	0	0
tun0	00000080	00000000	0001	0	0	0	00000080	0	0	0
"""
MACOS = """\
Routing tables

Internet:
Destination        Gateway            Flags               Netif Expire
default            192.168.1.1        UGScg                 en0
0/1                utun4              UScg                utun4
127                127.0.0.1          UCS                   lo0
127.0.0.1          127.0.0.1          UH                    lo0
192.168.1          link#11            UCS                   en0      !
192.168.1.1/32     link#11            UCS                   en0      !
224.0.0/4          link#11            UmCS                  en0      !
"""


@pytest.mark.parametrize(
    ("more", "clashes"), [("", []), (VPN, ["10.0.0.0/8 (tun0)"]), (POD, ["10.43.0.0/16 (wg0)"]), (HALVES, [])]
)
def test_networks_that_hide_the_pods_are_found_on_linux(tmp_path: Path, more: str, clashes: list[str]) -> None:
    (tmp_path / "route").write_text(LINUX + more)
    assert network.clashing(network.routes(tmp_path / "route"), INNER) == clashes


# Multipass' bridge on Linux, at 10.42.186.0/24: its network is anywhere in 10/8.
MULTIPASS = "mpqemubr0	00BA2A0A	00000000	0001	0	0	0	00FFFFFF	0	0	0\n"


def test_multipass_own_network_may_lie_in_that_of_the_pods_and_another_one_is_named() -> None:
    known = network.of_linux(LINUX + MULTIPASS)
    assert network.clashing(known, INNER) == ["10.42.186.0/24 (mpqemubr0)"]
    others = network.free(known)
    assert others == ["10.44.0.0/16", "10.45.0.0/16"]
    assert network.clashing(known, others) == []


def test_where_a_vpn_takes_all_of_10_the_others_are_elsewhere() -> None:
    assert network.free(network.of_linux(LINUX + VPN)) == ["172.18.0.0/16", "172.19.0.0/16"]


def test_networks_of_ipv6_clash_with_nothing_here() -> None:
    assert network.clashing(network.of_linux(LINUX + POD), ["10.42.0.0/16", "2001:db8:42::/56"]) == []


@pytest.mark.parametrize(
    ("destination", "clashes"),
    [
        ("10.8/16", []),
        ("10", ["10.0.0.0/8 (utun4)"]),
        ("10/8", ["10.0.0.0/8 (utun4)"]),
        ("10.42", ["10.42.0.0/16 (utun4)"]),
        ("10.43.5/24", ["10.43.5.0/24 (utun4)"]),
        ("10.42.0.7", ["10.42.0.7/32 (utun4)"]),
    ],
)
def test_networks_that_hide_the_pods_are_found_on_macos(destination: str, clashes: list[str]) -> None:
    line = f"{destination}            utun4              USc                 utun4\n"
    assert network.clashing(network.of_macos(MACOS + line), INNER) == clashes


def test_without_a_table_macos_program_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert network.routes(tmp_path / "route") == []
    (tmp_path / "netstat").write_text(
        "#!/bin/sh\necho 'Destination Gateway Flags Netif'; echo '10/8 utun4 USc utun4'\n"
    )
    (tmp_path / "netstat").chmod(0o755)
    assert [str(route) for route in network.routes(tmp_path / "route")] == ["10.0.0.0/8 (utun4)"]
