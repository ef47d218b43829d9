"""The end of an instance: of this one, and only where the lab made it."""

from __future__ import annotations

from . import look, version
from .claim import Claim
from .client import Client
from .clock import Clock, Deadline
from .errors import MultipassError
from .outcome import Outcome, Settings

POLL = 3.0
# The daemon waits 300 s for a guest to power off.
STOP_LIMIT = 330
# An image is prepared in seconds; a download dies with the client that asked for it.
PREPARATION = 30.0


class Removal:
    """Deletes one instance for good."""

    def __init__(self, client: Client, name: str, claim: Claim, settings: Settings, clock: Clock) -> None:
        """Take the note that says whether the instance is the lab's."""
        self._client = client
        self._name = name
        self._claim = claim
        self._settings = settings
        self._clock = clock

    def run(self) -> Outcome:
        """Have it gone; one that the lab did not make stays as it is."""
        if not self._claim.held:
            return Outcome("absent", {"state": "absent"}, {"state": "absent"})
        version.check(self._client)
        found = look.state(self._client, self._name) or self._still_being_prepared()
        outcome = Outcome("absent", {"state": found or "absent"}, {"state": "absent"}, changed=found is not None)
        if not self._settings.check_mode:
            if found:
                self._purge()
            self._claim.release()
        return outcome

    def _still_being_prepared(self) -> str | None:
        """Wait for what a killed launch may have left to the daemon: it is in no list until its image is prepared."""
        deadline = Deadline(self._clock, PREPARATION)
        while not (self._claim.launched or self._settings.check_mode or deadline.passed):
            deadline.pause(POLL)
            if state := look.state(self._client, self._name):
                return state
        return None

    def _purge(self) -> None:
        """Delete this one for good; a purge of the whole trash would destroy what others keep there."""
        answer = self._client.call("delete", "--purge", self._name, limit=STOP_LIMIT)
        if look.state(self._client, self._name) is not None:
            raise MultipassError(f"Multipass did not delete {self._name}: {answer.reason}")
