"""Says as JSON why Kubernetes does not work on this node: `reason`, the program's own last word, and `lines` to read.

Run on the node as root by its own Python, with the standard library alone; changes nothing.
"""

import json
import re
import subprocess
from collections.abc import Iterable

JOURNAL = ("journalctl", "--unit=k3s", "--lines=500", "--output=cat", "--no-pager")
PODS = ("k3s", "kubectl", "get", "pods", "--all-namespaces", "--output=wide")
EVENTS = ("k3s", "kubectl", "events", "--all-namespaces", "--types=Warning")
# labkube's own lines with what follows one, errors as Kubernetes' programs write them, errors as k3s itself does.
TELLING = re.compile(r"labkube: |  |(.*: )?[EF]\d{4} |.*level=(error|fatal)")
# With what k3s ends, and labkube, which names the file first where a setting is wrong.
LAST_WORDS = (
    re.compile(r'.*level=error msg="Shutdown request received: (?P<quoted>(\\.|[^"\\])*)".*'),
    re.compile(r'.*level=fatal msg="(?P<quoted>(\\.|[^"\\])*)".*'),
    re.compile(r"labkube: (stopping: )?(?P<plain>(?(1).+|/.+))"),
)
# k3s' farewell after any of the others.
EMPTY_WORDS = "context canceled"
SECONDS = 10


def said(*command: str) -> list[str]:
    """Give the lines that a program prints; where it can't be asked, a line about that."""
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS, check=False, text=True
        )
    except (OSError, subprocess.TimeoutExpired):
        return [f"{' '.join(command[:3])} does not answer"]
    return done.stdout.splitlines()


def unquoted(text: str) -> str:
    """Take away the quoting of k3s' log, twice where it quotes what was quoted."""
    try:
        text = str(json.loads(f'"{text}"'))
        return str(json.loads(text)) if text[:1] == '"' else text
    except ValueError:
        return text


def reason(journal: Iterable[str]) -> str:
    """Give the last word that says something; "" where there is none."""
    found = ""
    for line in journal:
        match = next(filter(None, (pattern.fullmatch(line) for pattern in LAST_WORDS)), None)
        if match:
            parts = match.groupdict()
            word = unquoted(parts["quoted"]) if "quoted" in parts else parts["plain"]
            found = found if word == EMPTY_WORDS else word
    return found


def main() -> None:
    """Print what was found."""
    journal = said(*JOURNAL)
    telling = [line[:300] for line in journal if TELLING.match(line)]
    lines = [*telling[-25:], *said(*PODS), *said(*EVENTS)[-15:]]
    print(json.dumps({"reason": reason(journal), "lines": lines}))


if __name__ == "__main__":
    main()
