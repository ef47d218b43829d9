"""What Docker Engine on the controller says about itself and about what bears the lab's name."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

from crud_lab import docker_group

LABEL = "crud-lab"
# An Engine that is alive answers at once, also on a busy machine.
PATIENCE = 15


def facts() -> dict[str, Any]:
    """Tell whether there is an Engine that answers, its version and its data root."""
    silent = {"installed": shutil.which("docker") is not None, "version": "", "root": "", "error": ""}
    if not silent["installed"]:
        return silent
    answer, error = _docker("info", "--format", "{{json .}}")
    if not answer or not answer.get("ServerVersion"):
        errors = (answer or {}).get("ServerErrors") or [error]
        return {**silent, "error": docker_group.REASON if docker_group.is_lacking() else str(errors[0])}
    return {**silent, "version": answer["ServerVersion"], "root": answer["DockerRootDir"]}


def node_facts(name: str) -> dict[str, Any]:
    """Tell whether a container of that name exists, whether it is this lab's, and which ports it publishes."""
    container, _ = _docker("container", "inspect", "--format", "{{json .}}", name)
    if not container:
        return {"exists": False, "ours": False, "running": False, "ports": []}
    published = container["NetworkSettings"]["Ports"] or {}
    return {
        "exists": True,
        "ours": (container["Config"]["Labels"] or {}).get(LABEL) == name,
        "running": container["State"]["Running"],
        "ports": [int(binding["HostPort"]) for bindings in published.values() for binding in bindings or []],
    }


def foreign_volume(name: str, lab: str) -> bool:
    """Tell whether a volume of that name exists and is not this lab's."""
    volume, _ = _docker("volume", "inspect", "--format", "{{json .}}", name)
    return bool(volume) and (volume["Labels"] or {}).get(LABEL) != lab


def _docker(*arguments: str) -> tuple[dict[str, Any], str]:
    try:
        done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)
    except FileNotFoundError:
        return {}, "docker is not installed"
    except subprocess.TimeoutExpired:
        return {}, f"no answer within {PATIENCE} s"
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = {}
    lines = done.stderr.strip().splitlines()
    return answer if isinstance(answer, dict) else {}, lines[-1] if lines else ""
