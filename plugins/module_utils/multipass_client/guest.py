"""What is asked inside a running instance, until its own SSH is known."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .client import Answer, Client
from .errors import MultipassError

# Multipass repeats a command that ends with 4 for ever (#3771, #4428), so that 4 must never come out of one.
NEVER_FOUR = '"$@"; rc=$?; [ $rc -eq 4 ] && rc=104; exit $rc'
HOST_KEY = "/etc/ssh/ssh_host_ed25519_key.pub"
DEGRADED = 2


@dataclass(frozen=True)
class CloudInit:
    """How the first boot ended: `done`, or `degraded` with what cloud-init could live with."""

    status: str
    warnings: list[str]


def execute(client: Client, name: str, *command: str, limit: float) -> Answer:
    """Run a command in an instance that runs (in any other, exec would start it) without its working directory."""
    return client.call("exec", "-n", name, "--", "bash", "-c", NEVER_FOUR, "bash", *command, limit=limit)


def cloud_init(client: Client, name: str, limit: float) -> CloudInit:
    """Wait for cloud-init and tell how it ended; launch says nothing about that (#5060)."""
    answer = execute(client, name, "cloud-init", "status", "--wait", "--format", "json", limit=limit)
    if answer.status is None:
        raise MultipassError(
            f"cloud-init in {name} is not done yet: look with `multipass exec -n {name} -- cloud-init status --long`, "
            "then run the same command again, which waits on"
        )
    report = _report(answer.stdout)
    if answer.ok:
        return CloudInit("done", [])
    if answer.status == DEGRADED and report:
        # "recoverable": a schema that is older than Multipass' own user-data is enough (LP 2048522).
        return CloudInit("degraded", _recoverable(report))
    errors = "; ".join(map(str, report.get("errors", []))) or answer.reason
    raise MultipassError(
        f"cloud-init failed in {name}: {errors}. Look with `multipass exec -n {name} -- cloud-init status --long`; "
        "ansible-playbook teardown.yml and site.yml make the instance anew"
    )


def host_key(client: Client, name: str) -> str:
    """Give type and key of the instance's SSH host key, read through Multipass and not from the network."""
    answer = execute(client, name, "cat", HOST_KEY, limit=60)
    words = answer.stdout.split()
    if not answer.ok or not words or not words[0].startswith("ssh-"):
        raise MultipassError(f"The host key of {name} can't be read: {answer.reason}")
    return " ".join(words[:2])


def _report(stdout: str) -> dict[str, Any]:
    try:
        report = json.loads(stdout[stdout.index("{") :])
    except ValueError:
        return {}
    return report if isinstance(report, dict) else {}


def _recoverable(report: dict[str, Any]) -> list[str]:
    messages = [message for messages in report.get("recoverable_errors", {}).values() for message in messages]
    return list(dict.fromkeys(map(str, messages)))
