"""What the machine's own programs print where nothing depends on them."""

from __future__ import annotations

import subprocess

# Seconds; they read files or ask the kernel.
TIMEOUT = 15


def output_of(*command: str) -> str:
    """Return what a program prints; nothing where it is missing, can't be run or does not end."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
