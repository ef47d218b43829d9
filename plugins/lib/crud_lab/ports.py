"""Is a TCP port of this machine free, and if not, who has it?"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from pathlib import Path

LISTENING = "0A"


def is_free(port: int, address: str = "127.0.0.1") -> bool:
    """Tell whether a program could listen on the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Connections that ended a moment ago don't keep a port busy.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            # A port that only root may open is as free as any for Docker Engine, which runs as root.
            return error.errno != errno.EADDRINUSE
        return True


def describe(port: int) -> str:
    """Name a port and the program that listens on it, as far as this user may know."""
    program = _listener(port)
    return f"port {port} ({program})" if program else f"port {port}"


def _listener(port: int) -> str:
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(link.readlink()) in sockets for link in (process / "fd").iterdir()):
                return f"{(process / 'comm').read_text(encoding='utf-8').strip()}, pid {process.name}"
        except OSError:  # another user's process, or one that ended meanwhile
            continue
    return ""


def _listening_inodes(port: int) -> Iterator[str]:
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]
