"""What is behind an instance: a node container, or nothing but the answers that a guest would give."""

from __future__ import annotations

import json
from typing import Protocol

from stand_in.output import OutsideContractError
from stand_in.store import Instance

Result = tuple[int, str, str]
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHN0YW5kLWlu root@stand-in\n"
SCHEMA = "cloud-config failed schema validation! You may run 'sudo cloud-init schema --system' to check the details."
FAILED = "('write-files', AttributeError(\"'bool' object has no attribute 'encode'\"))"


class Guest(Protocol):
    """What the daemon does to a virtual machine."""

    def launch(self, instance: Instance) -> None:
        """Make it and boot it."""

    def start(self, instance: Instance) -> None:
        """Boot it, or let it go on."""

    def stop(self, instance: Instance) -> None:
        """Power it off."""

    def delete(self, instance: Instance) -> None:
        """Throw it away."""

    def addresses(self, instance: Instance) -> list[str]:
        """Give its addresses, the one that it is managed by first."""

    def run(self, instance: Instance, command: list[str]) -> Result:
        """Run a command as the user ubuntu."""


class NoGuest:
    """Enough of a guest for the module's tests, which need no container."""

    def launch(self, instance: Instance) -> None:
        """Give it an address."""
        instance.addresses = ["10.186.30.113"]

    def start(self, instance: Instance) -> None:
        """Nothing boots."""

    def stop(self, instance: Instance) -> None:
        """Nothing runs."""

    def delete(self, instance: Instance) -> None:
        """Nothing is left."""

    def addresses(self, instance: Instance) -> list[str]:
        """Give those that the test chose."""
        return instance.addresses

    def run(self, instance: Instance, command: list[str]) -> Result:
        """Answer what the role asks, and nothing else."""
        if command[:2] == ["bash", "-c"] and len(command) > 4:
            # The role's wrapper, which never lets a 4 out.
            status, stdout, stderr = self.run(instance, command[4:])
            return (104 if status == 4 and "104" in command[2] else status), stdout, stderr
        if command[:2] == ["cloud-init", "status"]:
            return cloud_init(instance)
        if command == ["cat", "/etc/ssh/ssh_host_ed25519_key.pub"]:
            return 0, HOST_KEY, ""
        if command[:1] == ["exit"]:
            return int(command[1]), "", ""
        raise OutsideContractError(f"no guest knows the command {' '.join(command)}")


def cloud_init(instance: Instance) -> Result:
    """Report the first boot as cloud-init does: 0 done, 1 error, 2 degraded."""
    errors = [FAILED] if instance.cloud_init == "error" else []
    warnings = {"WARNING": [SCHEMA, SCHEMA]} if instance.cloud_init == "degraded" else {}
    report = {
        "detail": "DataSourceNoCloud [seed=/dev/sr0]",
        "errors": errors,
        "extended_status": {"done": "done", "degraded": "degraded done", "error": "error - done"}[instance.cloud_init],
        "recoverable_errors": warnings,
        "stage": None,
        "status": "error" if errors else "done",
    }
    return {"done": 0, "error": 1, "degraded": 2}[instance.cloud_init], json.dumps(report, indent=2) + "\n", ""
