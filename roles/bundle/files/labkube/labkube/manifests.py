"""Keeps the packaged add-ons in server/manifests and applies whatever lies there, as k3s does."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from labkube import config, paths
from labkube.files import read_record, write, write_json
from labkube.notify import log
from labkube.supervise import Supervisor

_PLACEHOLDER = re.compile(r"%\{(\w+)\}%")
_SECONDS = 120


def render(template: str, values: Mapping[str, str]) -> str:
    """`template` with its %{PLACEHOLDERS}% filled in."""
    return _PLACEHOLDER.sub(lambda match: values[match[1]], template)


def placeholders(settings: config.Config, images: Mapping[str, str]) -> dict[str, str]:
    """What the add-ons' templates may ask for."""
    values = {f"IMAGE_{name.upper().replace('-', '_')}": reference for name, reference in images.items()}
    return {**values, "CLUSTER_DNS": settings.dns_service_ip}


class Manifests:
    """The files and what of them was applied."""

    def __init__(self, supervisor: Supervisor, kubectl: Path, kubeconfig: Path) -> None:
        """`supervisor` runs `kubectl`, so that a stop need not wait for it."""
        self._supervisor = supervisor
        self._kubectl = [str(kubectl), f"--kubeconfig={kubeconfig}"]
        self._applied: dict[str, str] = read_record(paths.APPLIED)
        self._seen: dict[Path, tuple[int, int]] = {}

    def package(self, addons: Mapping[str, str], disabled: tuple[str, ...]) -> None:
        """Write the packaged add-ons; what is disabled goes away, in the cluster too."""
        unwanted = {config.ADDONS[name] for name in disabled}
        for name, text in addons.items():
            path = paths.MANIFESTS / name
            if name not in unwanted:
                if not path.exists() or path.read_text() != text:
                    write(path, text)
            elif path.exists():
                log(f"removing {name}: disabled")
                argv = ["delete", "--ignore-not-found", "--wait=false", "-f", str(path)]
                if self._run(argv):
                    path.unlink()
                    self._applied.pop(name, None)

    def sync(self) -> None:
        """Apply each file that is new or changed."""
        changed = {}
        for path in sorted(paths.MANIFESTS.glob("*.y*ml")):
            facts = path.stat()
            state = (facts.st_mtime_ns, facts.st_size)
            if self._seen.get(path) != state:
                self._seen[path] = state
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                if self._applied.get(path.name) != digest:
                    changed[path] = digest
        if changed:
            self._apply(changed)

    def _apply(self, changed: Mapping[Path, str]) -> None:
        # All in one call are faster; if one is refused, each alone shows which.
        if len(changed) > 1 and self._run(self._apply_argv(*changed), quiet=True):
            done = dict(changed)
        else:
            done = {path: digest for path, digest in changed.items() if self._run(self._apply_argv(path))}
        for path in changed.keys() - done.keys():
            del self._seen[path]  # tried again: what it needs may appear later
        self._applied.update({path.name: digest for path, digest in done.items()})
        write_json(paths.APPLIED, self._applied)
        if done:
            log(f"applied {', '.join(path.name for path in done)}")

    @staticmethod
    def _apply_argv(*files: Path) -> list[str]:
        argv = ["apply", "--server-side", "--force-conflicts", "--field-manager=labkube"]
        return argv + [f"--filename={path}" for path in files]

    def _run(self, argv: list[str], quiet: bool = False) -> bool:
        code, said = self._supervisor.run([*self._kubectl, *argv], _SECONDS)
        if code and not quiet:
            log(f"kubectl {argv[0]}: {said}")
        return code == 0
