"""The guests' root file system: Debian 12, which no container node has, made by the scripts that make theirs."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
from pathlib import Path

from stand_in.output import OutsideContractError

SUITE = "bookworm"
SCRIPTS = Path(__file__).resolve().parents[3] / "roles/bundle/files/node"
MADE_FROM = ("apt-sources.sh", "build-rootfs.sh", "customize.sh", "dpkg.cfg", "packages.txt")


def fingerprint() -> str:
    """Give the hash of all that it is made from."""
    digest = hashlib.sha256(SUITE.encode())
    for name in MADE_FROM:
        digest.update(name.encode() + (SCRIPTS / name).read_bytes())
    return digest.hexdigest()


def archive() -> Path:
    """Give it as a tar archive in the user's cache; the first call makes it, which takes about 30 seconds."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "crud-lab/guests")
    cache.mkdir(parents=True, exist_ok=True)
    target = cache / f"{SUITE}-{fingerprint()}.tar"
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            for old in cache.glob("*.tar*"):
                old.unlink()
            command = ["sh", str(SCRIPTS / "build-rootfs.sh"), SUITE, str(target)]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            if done.returncode:
                raise OutsideContractError(f"no guest can be made: {done.stderr[-2000:]}")
    return target
