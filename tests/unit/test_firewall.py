"""When a firewall is a finding, and when it is not known."""

from __future__ import annotations

from pathlib import Path

import pytest
from crud_lab import firewall

DOCKER = """\
-P INPUT ACCEPT
-P FORWARD DROP
-P OUTPUT ACCEPT
-N DOCKER
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
"""
UFW = """\
-P INPUT DROP
-P FORWARD DROP
-P OUTPUT ACCEPT
-A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-forward -p icmp -m icmp --icmp-type 8 -j ACCEPT
-A ufw-before-input -i lo -j ACCEPT
-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT
-A ufw-before-output -o lo -j ACCEPT
"""
# What Multipass itself writes.
OPEN = '-A FORWARD -s 10.1.2.0/24 -i mpqemubr0 -m comment --comment "generated for mpqemubr0" -j ACCEPT\n'


@pytest.mark.parametrize(
    ("rules", "closed"),
    [
        ("", False),
        (DOCKER, True),
        (UFW, True),
        (DOCKER + OPEN, False),
        (UFW + OPEN, False),
        (DOCKER.replace("FORWARD DROP", "FORWARD ACCEPT"), False),
        # Whatever could let it through speaks against a finding.
        (DOCKER + "-A DOCKER-USER -j ACCEPT\n", False),
        (DOCKER + "-A FORWARD -i mp+ -j ACCEPT\n", False),
        (DOCKER + "-A FORWARD ! -i eth0 -j ACCEPT\n", False),
        (DOCKER + "-A FORWARD -o eth0 -j ACCEPT\n", False),
        (DOCKER + "-A FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT\n", False),
    ],
)
def test_the_bridge_is_closed_when_no_rule_could_open_it(rules: str, *, closed: bool) -> None:
    assert firewall.closes_bridge(rules.splitlines()) is closed


@pytest.mark.parametrize(("bridge", "user", "asked"), [(True, 0, True), (True, 1000, False), (False, 0, False)])
def test_rules_are_read_by_root_alone_and_for_a_bridge_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, bridge: bool, user: int, asked: bool
) -> None:
    if bridge:
        (tmp_path / firewall.BRIDGE).touch()
    (tmp_path / "iptables").write_text("#!/bin/sh\necho -P FORWARD DROP\n")
    (tmp_path / "iptables").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr("os.geteuid", lambda: user)
    assert firewall.linux_rules(tmp_path) == (["-P FORWARD DROP"] if asked else [])


OFF, ON, ALL = (
    "Firewall is disabled. (State = 0)\n",
    "Firewall is enabled. (State = 1)\n",
    "Firewall is blocking all non-essential incoming connections. (State = 2)\n",
)
BLOCKED = "1 : /usr/libexec/bootpd \n             (Block incoming connections)\n"
ALLOWED = BLOCKED.replace("Block", "Allow")
OTHER = "1 : /usr/libexec/bootpd \n (Allow incoming connections)\n2 : /usr/sbin/cupsd \n (Block incoming connections)\n"


@pytest.mark.parametrize(
    ("state", "programs", "blocked"),
    [
        (ON, BLOCKED, True),
        (ALL, BLOCKED, True),
        (OFF, BLOCKED, False),
        (ON, ALLOWED, False),
        (ON, OTHER, False),
        (ALL, "", False),
        ("", "", False),
    ],
)
def test_bootpd_is_blocked_where_the_list_names_it(state: str, programs: str, *, blocked: bool) -> None:
    assert firewall.blocks_bootpd(state, programs) is blocked


def test_other_systems_have_no_such_firewall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firewall, "MACOS", "/nonexistent/socketfilterfw")
    assert firewall.macos_answers() == ("", "")
