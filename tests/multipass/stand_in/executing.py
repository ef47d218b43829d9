"""exec: as the user ubuntu, and with the loop that exit status 4 starts (#3771)."""

from __future__ import annotations

import sys

from stand_in.daemon import Daemon, HangError
from stand_in.output import Failure, OutsideContractError, spin

ENDLESS = 10
RETRY = 4


def execute(daemon: Daemon, words: list[str]) -> int:
    """Run a command in an instance; give its exit status."""
    if len(words) < 2:
        raise Failure(1, "Wrong number of arguments")
    if words[0] != "-n" or words[2:3] != ["--"]:
        raise OutsideContractError("exec in another form than -n NAME -- COMMAND")
    daemon.reach("exec")
    name, command = words[1], words[3:]
    (instance,) = daemon.find("exec", [name])
    if instance.state == "Unknown":
        raise Failure(2, "exec failed: Cannot retrieve credentials in unknown state")
    if instance.state == "Delayed Shutdown":
        raise Failure(
            2,
            f'exec failed: "{name}" is scheduled to shut down in less than a minute, use '
            f"'multipass stop --cancel {name}' to cancel the shutdown.",
        )
    if instance.state != "Running":
        spin(f"Starting {name}")
        daemon.guest(instance).start(instance)
        instance.state, instance.next_states = "Running", []
    if "cloud-init-running" in daemon.faults and "cloud-init" in command:
        raise HangError
    for _ in range(ENDLESS):
        status, stdout, stderr = daemon.guest(instance).run(instance, command)
        sys.stdout.write(stdout)
        sys.stderr.write(stderr)
        if status != RETRY:
            return status
    raise OutsideContractError("exec of a command that ends with 4, which Multipass repeats for ever")
