"""Which Multipass is there; its `version` ends well even where the daemon is down."""

from __future__ import annotations

import re

from .client import DAEMON_DOWN, Client
from .errors import MultipassError

# Only `stop --force`, which frees an instance that stays Unknown, is younger (1.14).
OLDEST = (1, 13)


def check(client: Client) -> str:
    """Give the daemon's version; fail where it does not answer or is too old."""
    daemon = client.json("version").get("multipassd")
    if not daemon:
        raise MultipassError(f"{DAEMON_DOWN} (multipass version: no multipassd)")
    numbers = tuple(int(number) for number in re.findall(r"\d+", str(daemon))[:2])
    if numbers < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise MultipassError(f"Multipass is {daemon}, at least {wanted} is needed: sudo snap refresh multipass")
    return str(daemon)
