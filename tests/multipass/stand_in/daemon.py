"""The daemon: whether it can be reached, and what it knows."""

from __future__ import annotations

import os

from stand_in.container import GUESTS, Container
from stand_in.faults import Faults
from stand_in.guest import Guest, NoGuest
from stand_in.output import Failure
from stand_in.store import Instance, Store

SILENCE = {
    "daemon-down": "cannot connect to the multipass socket",
    "access-denied": "multipass socket access denied",
    "unauthenticated": (
        "The client is not authenticated with the Multipass service.\n"
        "Please use 'multipass authenticate' before proceeding."
    ),
}
NO_CERTIFICATE = (
    "[error] [client] Caught an unhandled exception: failed to open file "
    "'/usr/local/etc/multipassd/multipass_root_cert.pem': No such file or directory(2)"
)


class HangError(Exception):
    """The command does not come back."""


class Daemon:
    """The store behind a socket."""

    def __init__(self, store: Store, faults: Faults) -> None:
        """Take what there is, and what is to go wrong."""
        if "never-ran" in faults:
            raise Failure(1, NO_CERTIFICATE)
        self.store = store
        self.faults = faults

    @property
    def answers(self) -> bool:
        """Whether this client gets through."""
        return not self.faults.keys() & SILENCE.keys()

    def reach(self, command: str) -> None:
        """Fail as the client does where it gets no further."""
        for fault, message in SILENCE.items():
            if fault in self.faults:
                raise Failure(2, f"{command} failed: {message}")

    def look(self) -> None:
        """Let time go by for every instance."""
        for instance in self.store.instances.values():
            instance.look()

    def find(self, command: str, names: list[str], *, deleted: bool = False) -> list[Instance]:
        """Give the instances, or name all that are missing and do nothing at all."""
        complaints = []
        for name in names:
            instance = self.store.instances.get(name)
            if instance is None or not instance.listed:
                complaints.append(f'instance "{name}" does not exist')
            elif instance.state == "Deleted" and not deleted:
                complaints.append(f'instance "{name}" is deleted')
        if complaints:
            raise Failure(2, "\n".join([f"{command} failed: The following errors occurred:", *complaints]))
        return [self.store.instances[name] for name in names]

    def guest(self, instance: Instance) -> Guest:
        """Give what is behind an instance."""
        return Container() if instance.container else NoGuest()

    @property
    def uses_containers(self) -> bool:
        """Whether a launch makes a container."""
        return os.environ.get(GUESTS) == "containers"
