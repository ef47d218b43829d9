"""What the role k3s says where Kubernetes does not start: the program's own reason, out of its journal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "roles/k3s/files/diagnose.py"
TIME = 'time="2026-11-29T12:00:07Z" level='
INFO = TIME + 'info msg="Running kube-apiserver --secure-port=6444"'
KLOG = 'E1129 12:00:07.600000   12 kubelet.go:1703] "Failed to start ContainerManager" err="no cgroups"'
SHUTDOWN = (
    TIME + r'error msg="Shutdown request received: \"failed to start networking: unable to initialize network policy '
    r'controller: error getting node subnet: \\\"lab\\\" not found\""'
)
CANCELED = TIME + 'fatal msg="context canceled"'
NO_CA = "Error: preparing server: failed to get CA certs: open /tmp/ca.crt: permission denied"
FATAL = f'{TIME}fatal msg="{NO_CA}"'

LABKUBE_SETTING = "labkube: /etc/rancher/k3s/config.yaml: labkube does not know the key flannel-backend; it knows …"
LABKUBE_DEATH = "labkube: stopping: containerd ended with code 1; the end of its log:\n  no space left on device"


def diagnose(directory: Path, journal: str) -> dict[str, Any]:
    """Run it as a node does, with this journal and a cluster that does not answer."""
    for name, script in (("journalctl", f"cat {directory}/journal"), ("k3s", "echo refused >&2; exit 1")):
        program = directory / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    (directory / "journal").write_text(journal + "\n")
    environment = {"PATH": f"{directory}:/usr/bin:/bin"}
    output = subprocess.run([sys.executable, SCRIPT], env=environment, stdout=subprocess.PIPE, check=True).stdout
    found: dict[str, Any] = json.loads(output)
    return found


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (
            [INFO, SHUTDOWN, INFO],
            "failed to start networking: unable to initialize network policy controller: error getting node subnet: "
            '"lab" not found',
        ),
        ([FATAL], NO_CA),
        (
            [FATAL, CANCELED],
            NO_CA,
        ),
        ([FATAL, TIME + 'error msg="Shutdown request received: \\"x\\""'], "x"),
        ([LABKUBE_SETTING], LABKUBE_SETTING.removeprefix("labkube: ")),
        ([LABKUBE_DEATH], "containerd ended with code 1; the end of its log:"),
        (
            ["labkube: starting kine", "labkube: stopping: the start was ended while it waited for the API server"],
            "the start was ended while it waited for the API server",
        ),
        (["labkube: stopping; pods keep running", INFO, KLOG], ""),
    ],
)
def test_the_programs_last_word_is_the_reason(tmp_path: Path, lines: list[str], reason: str) -> None:
    assert diagnose(tmp_path, "\n".join(lines))["reason"] == reason


def test_lines_that_tell_something_are_shown_with_what_the_cluster_says(tmp_path: Path) -> None:
    journal = "\n".join([INFO, KLOG, "kubelet: " + KLOG, LABKUBE_DEATH, SHUTDOWN])
    shown = diagnose(tmp_path, journal)["lines"]
    assert shown == [KLOG, "kubelet: " + KLOG, *LABKUBE_DEATH.splitlines(), SHUTDOWN, "refused", "refused"]
