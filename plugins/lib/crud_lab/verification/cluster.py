"""GET requests to the Kubernetes API through kubectl, which knows every way of logging in to a cluster."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

TIMEOUT = 10
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


class UnreachableError(Exception):
    """The API server did not answer, or refused this kubeconfig."""


def find_kubectl(bundle_dir: Path) -> str:
    """Return the bundle's kubectl for this machine, else the one on PATH."""
    machine = ARCHITECTURES.get(platform.machine(), platform.machine())
    bundled = bundle_dir / "tools" / f"{platform.system().lower()}-{machine}" / "kubectl"
    return str(bundled) if bundled.exists() else shutil.which("kubectl") or str(bundled)


class Cluster:
    """Read-only view of one cluster."""

    def __init__(self, kubectl: str, kubeconfig: Path) -> None:
        """Name the program and the kubeconfig; nothing is asked yet."""
        self.command = [kubectl, "--kubeconfig", str(kubeconfig)]

    def raw(self, path: str, **query: str) -> str | None:
        """Return the body of GET `path`, None where the API says 404 or a Service behind it leads to no pod."""
        target = f"{path}?{urlencode(query)}" if query else path
        command = [*self.command, f"--request-timeout={TIMEOUT}s", "get", "--raw", target]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT + 5, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UnreachableError(str(error)) from error
        if done.returncode == 0:
            return done.stdout
        message = (
            done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"kubectl ended with {done.returncode}"
        )
        if "NotFound" in message or "no endpoints available for service" in message:
            return None
        raise UnreachableError(message)

    def get(self, path: str) -> dict[str, Any] | None:
        """Return the object at `path`, None where there is none."""
        text = self.raw(path)
        return None if text is None else json.loads(text)

    def items(self, path: str) -> list[dict[str, Any]]:
        """Return the objects of the list at `path`."""
        return list((self.get(path) or {}).get("items") or [])
