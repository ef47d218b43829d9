"""Whether a firewall surely keeps Multipass' machines from the network; what can't be read is no finding."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from crud_lab.asked import output_of

BRIDGE = "mpqemubr0"
INTERFACES = Path("/sys/class/net")
MACOS = "/usr/libexec/ApplicationFirewall/socketfilterfw"


def linux_rules(interfaces: Path = INTERFACES) -> list[str]:
    """Give the rules of iptables where Multipass has its bridge; none without root, who alone may read them."""
    if not (interfaces / BRIDGE).exists() or os.geteuid() != 0:
        return []
    return output_of("iptables", "--wait", "5", "-S").splitlines()


def closes_bridge(rules: Iterable[str]) -> bool:
    """Tell whether what comes from the bridge is dropped: the policy says so, and no rule says otherwise."""
    rules = list(rules)
    return "-P FORWARD DROP" in rules and not any(_may_open_bridge(shlex.split(rule)) for rule in rules)


def macos_answers() -> tuple[str, str]:
    """Ask macOS' own firewall, which answers everybody, for its state and for its list of programs."""
    return output_of(MACOS, "--getglobalstate"), output_of(MACOS, "--listapps")


def blocks_bootpd(state: str, programs: str) -> bool:
    """Tell whether the firewall is on and names bootpd, which gives machines their addresses, as blocked.

    To block all that comes in, state 2, is no proof: newer systems let bootpd through all the same.
    """
    switched_on = re.search(r"State = [12]\b", state) is not None
    return switched_on and re.search(r"/usr/libexec/bootpd\s+\(\s*Block\b", programs) is not None


def _may_open_bridge(rule: list[str]) -> bool:
    """Tell whether a rule could let a machine's packets out; in doubt it could."""
    options = dict(pairwise(rule))
    negated = {option for mark, option in pairwise(rule) if mark == "!"}
    if rule[:1] != ["-A"] or options.get("-j") != "ACCEPT" or rule[1].lower().endswith(("input", "output")):
        return False
    enters, leaves = options.get("-i", BRIDGE), options.get("-o", "")
    elsewhere = enters != BRIDGE and "-i" not in negated and not enters.endswith("+")
    into_container = leaves.startswith(("docker", "br-")) and "-o" not in negated
    answers_only = "NEW" not in options.get("--ctstate", "NEW")
    return not (elsewhere or into_container or answers_only or options.get("-p") == "icmp")
