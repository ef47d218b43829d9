"""The app's pods while it is loaded: how many are ready, how many there may be, and the end of one."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from crud_lab.errors import LabError
from crud_lab.verification.app_links import is_ready
from crud_lab.verification.cluster import TIMEOUT, Cluster, UnreachableError
from crud_lab.verification.site import Site


@dataclass(frozen=True)
class Seen:
    """Which pods were ready at a moment."""

    moment: float
    ready: frozenset[str]


@dataclass
class Watch:
    """What was seen of the pods, one look after the other."""

    look: Callable[[], frozenset[str]]
    clock: Callable[[], float]
    seen: list[Seen] = field(default_factory=list)

    def __call__(self) -> frozenset[str]:
        """Look, and remember; a look that fails is none."""
        try:
            found = self.look()
        except UnreachableError:
            return self.seen[-1].ready if self.seen else frozenset()
        self.seen.append(Seen(self.clock(), found))
        return found

    @property
    def at_first(self) -> frozenset[str]:
        """The pods that were ready at the start."""
        return self.seen[0].ready

    @property
    def throughout(self) -> frozenset[str]:
        """The pods that were ready each time."""
        return frozenset.intersection(*(one.ready for one in self.seen))

    @property
    def most(self) -> int:
        """The most that were ready at once."""
        return max(len(one.ready) for one in self.seen)

    def first(self, after: float, condition: Callable[[frozenset[str]], bool]) -> float | None:
        """Return the seconds from a moment to the first look that shows a condition."""
        return next((one.moment - after for one in self.seen if one.moment >= after and condition(one.ready)), None)


def pods(count: int) -> str:
    """Write how many there are."""
    return f"{count} {'pod' if count == 1 else 'pods'}"


class Replicas:
    """The pods behind the app's Service."""

    def __init__(self, site: Site, cluster: Cluster) -> None:
        """Read the Service once: what it selects stays."""
        self._site, self._cluster = site, cluster
        self._service = site.service_object(cluster) or {}

    def ready(self) -> frozenset[str]:
        """Name those that are ready and not about to end."""
        selected = self._site.selected_pods(self._cluster, self._service)
        return frozenset(pod["metadata"]["name"] for pod in selected if is_ready(pod))

    def least(self) -> int | None:
        """Return the fewest that the autoscaler permits, None where there is no autoscaler."""
        path = f"/apis/autoscaling/v2/namespaces/{self._site.namespace}/horizontalpodautoscalers/{self._site.service}"
        scaler: dict[str, Any] | None = self._cluster.get(path)
        return None if scaler is None else int(scaler["spec"].get("minReplicas", 1))

    def kill(self, pod: str) -> None:
        """End a pod without the time that it has otherwise to end its requests, as a failing node would."""
        at_once = ("--grace-period=0", "--force", "--wait=false")
        command = [*self._cluster.command, "--namespace", self._site.namespace, "delete", "pod", pod, *at_once]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT + 5, check=False)
        if done.returncode:
            raise LabError(f"Pod {pod} can't be killed ({done.stderr.strip()}): may this kubeconfig delete pods?")
