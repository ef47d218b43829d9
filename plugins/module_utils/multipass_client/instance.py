"""An instance as wanted: there and running, or gone."""

from __future__ import annotations

from pathlib import Path

from . import guest, look, resources, version
from .claim import Claim
from .client import Client
from .clock import Clock, Deadline
from .errors import MultipassError
from .launch import Launch, Wanted
from .lifecycle import RUNNING, Lifecycle
from .outcome import Outcome, Settings
from .removal import STOP_LIMIT, Removal

# Growing these stops nothing.
AT_REST = {None, "Stopped", "Deleted"}
POLL = 3.0


class Instance:
    """One instance by its name; no call concerns another one."""

    def __init__(self, client: Client, name: str, claim: Path, settings: Settings, clock: Clock | None = None) -> None:
        """Take the client, and the file that says whether the instance is the lab's."""
        self._client = client
        self._name = name
        self._claim = Claim(claim, name)
        self._settings = settings
        self._clock = clock or Clock()

    def present(self, wanted: Wanted) -> Outcome:
        """Have it run with at least what is wanted, and learn how to reach it."""
        daemon = version.check(self._client)
        found = look.state(self._client, self._name)
        self._refuse_foreign(found)
        sizes = {"cpus": str(wanted.cpus), "memory": wanted.memory, "disk": wanted.disk}
        if found is None:
            comparison = resources.Comparison({}, sizes)
        else:
            comparison = resources.compare(self._client, self._name, sizes)
        growing, warnings = self._allowed(found, comparison)
        outcome = Outcome(
            RUNNING,
            {"state": found or "absent", **comparison.present},
            {"state": RUNNING, **comparison.present, **growing},
            {"version": daemon, "pending": {} if growing else comparison.growing},
            warnings,
            changed=found != RUNNING or bool(growing),
        )
        if not (self._settings.check_mode and outcome.changed):
            self._bring_up(found, wanted, growing)
            self._learn(outcome)
        return outcome

    def absent(self) -> Outcome:
        """Have it gone for good; one that the lab did not make stays as it is."""
        return Removal(self._client, self._name, self._claim, self._settings, self._clock).run()

    def _refuse_foreign(self, found: str | None) -> None:
        if found is None or self._claim.held:
            return
        way_out = f"; if nobody needs it, multipass delete --purge {self._name}" if found == "Deleted" else ""
        raise MultipassError(
            f"This lab did not make the instance {self._name}, which is {found}: choose another lab_name{way_out}"
        )

    def _allowed(self, found: str | None, comparison: resources.Comparison) -> tuple[resources.Values, list[str]]:
        """Grow what is to be made or is at rest; what runs is only stopped for it where the user allows that."""
        growing = comparison.growing
        if not growing or self._settings.grow or found in AT_REST:
            return growing, []
        more = ", ".join(f"{key} from {comparison.present[key]} to {value}" for key, value in growing.items())
        return {}, [f"{self._name} could grow ({more}) if it were stopped: allow it with -e multipass_vm_grow=true"]

    def _bring_up(self, found: str | None, wanted: Wanted, growing: resources.Values) -> None:
        limits = {"timeout": self._settings.timeout, "patience": self._settings.patience}
        lifecycle = Lifecycle(self._client, self._name, self._clock, **limits)
        if found is None:
            Launch(self._client, self._name, self._clock, **limits).run(wanted, self._claim)
        elif growing:
            self._bring_down(found, lifecycle)
            resources.grow(self._client, self._name, growing)
        lifecycle.run()
        if not (self._claim.launched or self._settings.check_mode):
            self._claim.write(launched=True)

    def _bring_down(self, found: str, lifecycle: Lifecycle) -> None:
        """Have it Stopped; one that is suspended has to wake for that."""
        if found == "Deleted":
            self._client.require("recover", self._name)
        elif found != "Stopped":
            lifecycle.run()
            self._client.require("stop", self._name, limit=STOP_LIMIT)

    def _learn(self, outcome: Outcome) -> None:
        ended = guest.cloud_init(self._client, self._name, self._settings.timeout)
        found = self._addresses()
        outcome.warnings += [f"cloud-init in {self._name}: {warning}" for warning in ended.warnings]
        outcome.facts |= {
            "cloud_init": ended.status,
            "address": found[0],
            "addresses": found,
            "host_key": guest.host_key(self._client, self._name),
        }

    def _addresses(self) -> list[str]:
        deadline = Deadline(self._clock, self._settings.patience)
        inner = self._settings.inner
        while not (found := look.reachable(shown := look.addresses(self._client, self._name), inner)):
            if deadline.passed and shown:
                raise MultipassError(
                    f"{self._name} has the address {shown[0]}, which lies in the networks of Kubernetes' pods and "
                    f"Services, {' and '.join(inner)}: give Kubernetes others, such as -e "
                    """'{"k3s_config": {"cluster-cidr": "10.244.0.0/16", "service-cidr": "10.245.0.0/16"}}'"""
                )
            if deadline.passed:
                raise MultipassError(
                    f"{self._name} runs but Multipass has no address for it: `multipass info {self._name}` says why. "
                    f"After sleep or with a VPN: multipass stop --force {self._name}, then run the same command again"
                )
            deadline.pause(POLL)
        return found
