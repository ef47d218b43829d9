"""One call of the stand-in."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from stand_in import executing, launching, moves, queries, store
from stand_in.daemon import Daemon, HangError
from stand_in.faults import Faults
from stand_in.output import CLEAR, Failure, OutsideContractError

Command = Callable[[Daemon, list[str]], int | None]
COMMANDS: dict[str, Command] = {
    "version": queries.version,
    "list": queries.list_instances,
    "info": queries.info,
    "get": queries.get,
    "launch": launching.launch,
    "exec": executing.execute,
    "start": moves.start,
    "stop": moves.stop,
    "recover": moves.recover,
    "delete": moves.delete,
    "set": moves.change,
}
# Multipass has these; no role may need them, and some would touch what is not the lab's.
OUTSIDE = {"purge", "transfer", "restart", "suspend", "mount", "umount", "shell", "find", "networks", "authenticate"}
LOUD = 70
REFUSED = 2


def call(arguments: list[str]) -> int:
    """Do what a command line says; give its exit status, or let HangError out."""
    store.log(arguments)
    command, *words = arguments or [""]
    if command not in COMMANDS and command not in OUTSIDE:
        print(f'Error: Unknown command or alias \'{command}\' (try "multipass help" or "multipass aliases")')
        return 1
    try:
        with store.Store.opened(store.directory()) as opened:
            return COMMANDS.get(command, _outside)(Daemon(opened, Faults.asked_for()), words) or 0
    except OutsideContractError as error:
        print(f"stand-in: outside the contract: {error}", file=sys.stderr)
        return LOUD
    except Failure as failure:
        if command in ("start", "stop") and failure.status == REFUSED:
            sys.stdout.write(CLEAR)
        print(failure.message, file=sys.stderr)
        return failure.status


def _outside(daemon: Daemon, words: list[str]) -> int:
    del daemon
    raise OutsideContractError(f"a command with {len(words)} words that no role needs")


def main(arguments: list[str]) -> int:
    """Run as a program: what hangs does so until somebody ends it."""
    try:
        return call(arguments)
    except HangError:
        sys.stdout.flush()
        while True:
            time.sleep(3600)
