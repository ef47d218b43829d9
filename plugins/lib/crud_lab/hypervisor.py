"""What a virtual machine needs of the controller: Multipass, and a processor that can."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any

from crud_lab.asked import output_of

TIMEOUT = 60
# Drivers that will not do, and why.
REFUSED = {
    "virtualbox": "gives the virtual machine no address that this machine reaches",
    "libvirt": "is no longer supported since Multipass 1.16",
    "lxd": "is no longer supported since Multipass 1.16",
}


def platform_name() -> str:
    """Name system and processor as people say them, such as macos-arm64."""
    systems = {"Darwin": "macos"}
    machines = {"x86_64": "amd64", "aarch64": "arm64"}
    system, machine = platform.system(), platform.machine()
    return f"{systems.get(system, system.lower())}-{machines.get(machine, machine)}"


def multipass_facts(*, ask: bool) -> dict[str, Any]:
    """Tell whether Multipass is there, its version, its driver, and what keeps this user from its daemon."""
    program = shutil.which("multipass")
    facts = {"installed": bool(program), "version": "", "driver": "", "error": "", "snap": "/snap/" in str(program)}
    if not (program and ask):
        return facts
    # version ends well even where the daemon is down; only list tells whether this user gets through.
    answer, error = _document("version")
    listed, refused = _document("list", "--no-ipv4")
    if "list" not in listed:
        return {**facts, "error": error or refused or "its daemon does not answer"}
    driver, _ = _multipass("get", "local.driver")
    return {**facts, "version": str(answer.get("multipassd", "")), "driver": driver.strip()}


def virtualises() -> bool:
    """Tell whether this machine can run virtual machines; a guess where the system does not tell."""
    if platform.system() == "Darwin":
        return output_of("sysctl", "-n", "kern.hv_support").strip() == "1"
    return Path("/dev/kvm").exists()


def driver_fault(driver: str) -> str:
    """Tell why a driver will not do; nothing about one that isn't known to fail."""
    return REFUSED.get(driver, "")


def fork_safe() -> bool:
    """Tell whether Ansible may fork here: macOS ends processes that use its libraries after a fork."""
    return platform.system() != "Darwin" or os.environ.get("OBJC_DISABLE_INITIALIZE_FORK_SAFETY") == "YES"


def _document(*words: str) -> tuple[dict[str, Any], str]:
    printed, error = _multipass(*words, "--format", "json")
    try:
        answer = json.loads(printed)
    except ValueError:
        answer = {}
    return answer if isinstance(answer, dict) else {}, error


def _multipass(*words: str) -> tuple[str, str]:
    try:
        done = subprocess.run(
            ["multipass", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "", f"no answer within {TIMEOUT} s"
    return done.stdout, " ".join(done.stderr.split())
