"""Keeps the packaged add-ons in server/manifests and applies whatever lies there, as k3s does."""

import re
from collections.abc import Mapping
from pathlib import Path

from labkube import config, paths
from labkube.files import write
from labkube.notify import log
from labkube.supervise import Supervisor

_PLACEHOLDER = re.compile(r"%\{(\w+)\}%")


def render(template: str, values: Mapping[str, str]) -> str:
    """`template` with its %{PLACEHOLDERS}% filled in."""
    return _PLACEHOLDER.sub(lambda match: values[match[1]], template)


def placeholders(settings: config.Config, images: Mapping[str, str], *, resolver: bool) -> dict[str, str]:
    """What the add-ons' templates may ask for; `resolver` tells whether pods can reach a name server."""
    values = {f"IMAGE_{name.upper().replace('-', '_')}": reference for name, reference in images.items()}
    # Without one CoreDNS would not start; so it knows the cluster's names alone and answers SERVFAIL to others.
    forward = "forward . /etc/resolv.conf" if resolver else "# the node has no name server that pods can reach"
    return {**values, "CLUSTER_DNS": settings.dns_service_ip, "FORWARD": forward}


class Manifests:
    """The files, and which of them were applied since this start: all are at a start, as in k3s."""

    def __init__(self, supervisor: Supervisor, kubectl: Path, kubeconfig: Path) -> None:
        """`supervisor` runs `kubectl`, so that a stop need not wait for it."""
        self._supervisor = supervisor
        self._kubectl = [str(kubectl), f"--kubeconfig={kubeconfig}"]
        self._applied: dict[Path, tuple[int, int]] = {}

    def package(self, addons: Mapping[str, str], disabled: tuple[str, ...]) -> None:
        """Write the packaged add-ons; what is disabled goes away, in the cluster too."""
        unwanted = {config.ADDONS[name] for name in disabled}
        for name, text in addons.items():
            path = paths.MANIFESTS / name
            if name not in unwanted:
                write(path, text)
            elif path.exists():
                log(f"removing {name}: disabled")
                if self._run(["delete", "--ignore-not-found", "--wait=false", f"--filename={path}"]):
                    path.unlink()

    def sync(self) -> None:
        """Apply each file that is new or changed."""
        changed = {}
        for path in sorted(paths.MANIFESTS.glob("*.y*ml")):
            facts = path.stat()
            state = (facts.st_mtime_ns, facts.st_size)
            if self._applied.get(path) != state:
                changed[path] = state
        if not changed:
            return
        # All in one call are faster; if one is refused, each alone shows which. That one is tried again and again:
        # what it needs may come.
        done = changed
        if len(changed) == 1 or not self._apply(*changed, quiet=True):
            done = {path: state for path, state in changed.items() if self._apply(path)}
        self._applied.update(done)
        if done:
            log(f"applied {', '.join(path.name for path in done)}")

    def _apply(self, *files: Path, quiet: bool = False) -> bool:
        argv = ["apply", "--server-side", "--force-conflicts", "--field-manager=labkube"]
        return self._run(argv + [f"--filename={path}" for path in files], quiet)

    def _run(self, argv: list[str], quiet: bool = False) -> bool:
        code, said = self._supervisor.run([*self._kubectl, *argv])
        if code and not quiet:
            log(f"kubectl {argv[0]}: {said}")
        return code == 0
