"""The commands: the part of k3s' command line that the lab and its attendees use."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from labkube import paths
from labkube.payload import Payload

USAGE = """usage: k3s COMMAND

  server             run the node; settings: /etc/rancher/k3s/config.yaml
  kubectl ARGUMENTS  talk to the cluster; KUBECONFIG defaults to /etc/rancher/k3s/k3s.yaml
  ctr ARGUMENTS      talk to the node's containerd, in Kubernetes' namespace
  --version          what this is

This is labkube, which stands in k3s' place where only package registries can be reached.
"""

# Programs that take this process' place, each with what it finds in its environment unless the user says otherwise.
_PROGRAMS = {
    "kubectl": {"KUBECONFIG": str(paths.KUBECONFIG)},
    "ctr": {"CONTAINERD_ADDRESS": str(paths.CONTAINERD_SOCKET), "CONTAINERD_NAMESPACE": "k8s.io"},
}


def _execute(program: str, arguments: Sequence[str]) -> int:
    for name, value in _PROGRAMS[program].items():
        os.environ.setdefault(name, value)
    try:
        os.execv(Payload.open().unpacked() / program, [program, *arguments])  # noqa: S606
    except PermissionError:
        print(f"k3s: {program} is not unpacked yet: run this once as root", file=sys.stderr)
        return 1


def _server() -> int:
    from labkube.server import run  # noqa: PLC0415 - kubectl need not wait for it

    return run()


def _version() -> int:
    payload = Payload.open()
    print(f"labkube version {payload.kubernetes}+labkube ({payload.hash})")
    print(f"Kubernetes {payload.kubernetes}, built from its Go modules: in k3s' place, but not k3s")
    return 0


def _refuse(what: str) -> int:
    print(f"k3s (labkube): {what}\n\n{USAGE}", end="", file=sys.stderr)
    return 2


def main(argv: Sequence[str]) -> int:
    """Act as `argv` says; like k3s also by the name of a link to this file."""
    called, *arguments = argv
    command = Path(called).name
    if command not in _PROGRAMS:
        command, *arguments = arguments or ["--help"]
    match command:
        case "kubectl" | "ctr":
            return _execute(command, arguments)
        case "server":
            return _refuse(f"server takes no arguments, not {' '.join(arguments)}") if arguments else _server()
        case "--version" | "-v":
            return _version()
        case "--help" | "-h" | "help":
            print(USAGE, end="")
            return 0
    return _refuse(f"no command {command!r}")
