"""Faults on request: MULTIPASS_STAND_IN_FAULTS=unknown=3,cloud-init-degraded."""

from __future__ import annotations

import os

VARIABLE = "MULTIPASS_STAND_IN_FAULTS"
KNOWN = {
    "daemon-down": "no command reaches the daemon",
    "never-ran": "the daemon has not run yet on this machine",
    "unauthenticated": "the daemon does not know this client",
    "access-denied": "the socket is closed to this user",
    "client-timeout": "launch or start ends with 5; Unknown for good, or for so many looks",
    "daemon-timeout": "launch ends with 2, timed out waiting for response; Unknown likewise",
    "init-timeout": "launch ends with 2, timed out waiting for initialization; the instance runs",
    "preparing": "launch ends with 5 while its image is prepared: in no list for so many looks",
    "killed-client": "launch never returns; the daemon goes on",
    "starting": "a started instance is Starting for so many looks",
    "stuck": "a started instance is Unknown for good, once",
    "no-start": "start fails and the instance stays Stopped",
    "stop-hangs": "a plain stop fails after 300 s",
    "delete-hangs": "delete never returns, and deletes nothing",
    "cloud-init-degraded": "cloud-init ends with 2",
    "cloud-init-error": "cloud-init ends with 1",
    "cloud-init-running": "cloud-init is not done within any limit",
    "no-address": "the address is N/A",
    "elsewhere": "the address is this machine's own",
    "unreachable": "info fails: no route to host",
    "offline": "no image server can be reached",
    "hash-mismatch": "the downloaded image is broken",
    "daemon-dies": "the daemon dies of the launch",
}


class Faults(dict[str, int]):
    """The faults of this call, each with its number; 0 where it has none."""

    @classmethod
    def asked_for(cls) -> Faults:
        """Read the variable; an unknown fault would be a test that tests nothing."""
        pairs = [word.partition("=") for word in os.environ.get(VARIABLE, "").split(",") if word]
        unknown = {name for name, _, _ in pairs} - KNOWN.keys()
        if unknown:
            raise SystemExit(f"stand-in: no such fault: {', '.join(sorted(unknown))}")
        return cls({name: int(number or 0) for name, _, number in pairs})
