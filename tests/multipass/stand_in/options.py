"""Options as the client reads them; what the role does not use is refused loudly."""

from __future__ import annotations

from stand_in.output import Failure, OutsideContractError

# What the real client knows beside the contract.
REAL = {"bridged", "help", "mount", "network", "snapshots", "time", "verbose", "raw", "keys", "all", "parents", "zone"}

SETTINGS = ("cpus", "memory", "disk")


def parse(
    command: str, words: list[str], *, values: tuple[str, ...] = (), flags: tuple[str, ...] = ()
) -> tuple[list[str], dict[str, str]]:
    """Split words into arguments and options, given as --name VALUE, or as a flag."""
    arguments: list[str] = []
    options: dict[str, str] = {}
    left = list(words)
    while left:
        word = left.pop(0)
        name = word.removeprefix("--")
        if not word.startswith("-") or word == "-":
            arguments.append(word)
        elif name in flags:
            options[name] = "yes"
        elif name in values and left:
            options[name] = left.pop(0)
        elif name in REAL:
            raise OutsideContractError(f"{command} {word}")
        else:
            raise Failure(1, f"Unknown option '{word.lstrip('-')}'.")
    return arguments, options


def json_wanted(options: dict[str, str]) -> None:
    """Insist on JSON: the role reads nothing that is made for people."""
    if options.get("format") in ("table", "csv", "yaml", None):
        raise OutsideContractError(f"--format {options.get('format', 'table')}")
    if options["format"] != "json":
        raise Failure(1, "Invalid format type given.")


def setting(key: str) -> tuple[str, str]:
    """Split local.NAME.SETTING; the client's and the daemon's own settings are nobody's business here."""
    words = key.split(".")
    if len(words) != 3 or words[0] != "local":
        raise OutsideContractError(f"the setting {key}")
    return words[1], words[2]


def seconds(options: dict[str, str]) -> int:
    """Read --timeout."""
    text = options.get("timeout", "300")
    if not text.isdigit() or int(text) == 0:
        raise Failure(1, "error: --timeout value has to be a positive integer")
    return int(text)
