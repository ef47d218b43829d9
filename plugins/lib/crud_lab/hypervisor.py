"""What a virtual machine needs of the controller: Multipass, a processor that can, and networks that don't clash."""

from __future__ import annotations

import ipaddress
import json
import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any

TIMEOUT = 60
# Kubernetes' pods and Services.
INNER = [ipaddress.IPv4Network("10.42.0.0/16"), ipaddress.IPv4Network("10.43.0.0/16")]
ROUTES = Path("/proc/net/route")


def platform_name() -> str:
    """Name system and processor as people say them, such as macos-arm64."""
    systems = {"Darwin": "macos"}
    machines = {"x86_64": "amd64", "aarch64": "arm64"}
    system, machine = platform.system(), platform.machine()
    return f"{systems.get(system, system.lower())}-{machines.get(machine, machine)}"


def multipass_facts(*, ask: bool) -> dict[str, Any]:
    """Tell whether Multipass is there, its version, and what keeps this user from its daemon."""
    program = shutil.which("multipass")
    facts = {"installed": bool(program), "version": "", "error": "", "snap": "/snap/" in str(program)}
    if not (program and ask):
        return facts
    # version ends well even where the daemon is down; only list tells whether this user gets through.
    answer, error = _multipass("version")
    listed, refused = _multipass("list", "--no-ipv4")
    if "list" not in listed:
        return {**facts, "error": error or refused or "its daemon does not answer"}
    return {**facts, "version": str(answer.get("multipassd", ""))}


def virtualises() -> bool:
    """Tell whether this machine can run virtual machines; a guess where the system does not tell."""
    if platform.system() == "Darwin":
        return _output("sysctl", "-n", "kern.hv_support").strip() == "1"
    return Path("/dev/kvm").exists()


def clashing_routes(table: Path = ROUTES) -> list[str]:
    """Give the networks of this machine that hide those of pods and Services, with the interface that leads there."""
    if not table.exists():
        return []
    found = []
    for line in table.read_text(encoding="ascii").splitlines()[1:]:
        interface, destination, _, _, _, _, _, mask = line.split()[:8]
        network = ipaddress.IPv4Network((_address(destination), str(_address(mask))))
        # The default route covers everything and hides nothing.
        if network.prefixlen and any(network.overlaps(inner) for inner in INNER):
            found.append(f"{network} ({interface})")
    return found


def fork_safe() -> bool:
    """Tell whether Ansible may fork here: macOS ends processes that use its libraries after a fork."""
    return platform.system() != "Darwin" or os.environ.get("OBJC_DISABLE_INITIALIZE_FORK_SAFETY") == "YES"


def _address(little_endian: str) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(bytes.fromhex(little_endian)[::-1])


def _multipass(*words: str) -> tuple[dict[str, Any], str]:
    try:
        done = subprocess.run(
            ["multipass", *words, "--format", "json"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {}, f"no answer within {TIMEOUT} s"
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = {}
    return answer if isinstance(answer, dict) else {}, " ".join(done.stderr.split())


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False).stdout
    except OSError:
        return ""
