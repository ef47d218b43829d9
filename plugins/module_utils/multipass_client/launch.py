"""A launch, and the truth about one that seems to have failed."""

from __future__ import annotations

from dataclasses import dataclass

from . import look
from .claim import Claim
from .client import Answer, Client
from .clock import Clock, Deadline
from .errors import MultipassError

POLL = 3.0


@dataclass(frozen=True)
class Wanted:
    """What an instance is launched with."""

    image: str
    cpus: int
    memory: str
    disk: str
    user_data: str


class Launch:
    """Makes one instance, and leaves it to others to bring it to Running."""

    def __init__(self, client: Client, name: str, clock: Clock, *, timeout: float, patience: float) -> None:
        """Take the limit of all of it, and how long an image that is being prepared is waited for."""
        self._client = client
        self._name = name
        self._clock = clock
        self._timeout = timeout
        self._patience = patience

    def run(self, wanted: Wanted, claim: Claim) -> None:
        """Launch; whatever the exit status, it is the state that tells whether there is an instance (#4845)."""
        # A killed run may have left its launch to the daemon; then a name that is taken is taken by us.
        ours = claim.held
        claim.write(launched=False)
        answer = self._launch(wanted)
        if not ours and ("already exists" in answer.stderr or "is being prepared" in answer.stderr):
            claim.release()
            raise MultipassError(f"Somebody else has just made an instance {self._name}: choose another lab_name")
        if self._appears(self._patience if _unfinished(answer) else 0):
            claim.write(launched=True)
            return
        if not _unfinished(answer):
            claim.release()
        raise MultipassError(f"Multipass did not launch {self._name}: {answer.reason}{_advice(answer)}")

    def _launch(self, wanted: Wanted) -> Answer:
        """Give the daemon and its client the same limit: what passes it goes on in the daemon (#1039, #1525, #4827)."""
        return self._client.call(
            "launch",
            wanted.image,
            *("--name", self._name),
            *("--cpus", str(wanted.cpus)),
            *("--memory", wanted.memory),
            *("--disk", wanted.disk),
            *("--timeout", str(int(self._timeout))),
            *("--cloud-init", "-"),  # a snap reads neither hidden folders nor /tmp (#1672, #3693)
            stdin=wanted.user_data,
            limit=self._timeout + 30,
        )

    def _appears(self, patience: float) -> bool:
        """Look for the instance; while its image is prepared it is in no list."""
        deadline = Deadline(self._clock, patience)
        while look.state(self._client, self._name) is None:
            if deadline.passed:
                return False
            deadline.pause(POLL)
        return True


def _unfinished(answer: Answer) -> bool:
    return answer.timed_out or "is being prepared" in answer.stderr


def _advice(answer: Answer) -> str:
    # Not the daemon's log: offline it tells of a failed download with every launch, from a file too.
    if "unknown or unreachable" in answer.reason or "failed to download" in answer.reason:
        return (
            ". Multipass can't reach its image server: check the network, or launch from a file with "
            "-e multipass_vm_image=file:///…"
        )
    if "image hash does not match" in answer.reason:
        return ". Multipass' cached download is broken: remove its network-cache and restart it (docs/providers.md)"
    return ""
