"""What the machine that runs ansible-playbook has to offer. Only looks; what is enough is for others to say."""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

MEBI = 1024 * 1024


def processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def available_memory_mb() -> int | None:
    """Give the memory that programs could still get; None where the system doesn't tell."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("MemAvailable:")), None)


def directory_facts(path: str | Path) -> dict[str, Any]:
    """Tell how much room a directory has, which need not exist yet, and whether this user may write there."""
    place = nearest(Path(path))
    return {
        "path": str(path),
        "nearest": str(place),
        "free_mb": shutil.disk_usage(place).free // MEBI,
        "device": place.stat().st_dev,
        "writable": os.access(place, os.W_OK | os.X_OK),
    }


def nearest(path: Path) -> Path:
    """Give the path itself or the nearest directory above it that exists."""
    return next(place for place in (path, *path.absolute().parents) if place.exists())


def world_writable(directory: Path) -> bool:
    """Tell whether everybody may change what is in a directory; Ansible then ignores an ansible.cfg there."""
    return bool(directory.stat().st_mode & stat.S_IWOTH)


def bundle_mb(bundle: Path) -> int:
    """Give the size of those recorded files that are there; to verify them is for the role bundle."""
    try:
        artefacts = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))["artefacts"]
        files = [file for artefact in artefacts.values() for file in artefact["files"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return 0
    present = [int(file["size"]) for file in files if _has_size(bundle / file["path"], file["size"])]
    return sum(present) // MEBI


def missing_programs(programs: Iterable[str]) -> list[str]:
    """Give those programs that are not installed."""
    return [program for program in programs if shutil.which(program) is None]


def missing_modules(modules: Iterable[str]) -> list[str]:
    """Give those Python modules that Ansible's own Python can't import."""
    return [module for module in modules if importlib.util.find_spec(module) is None]


def unmet_collections(requirements: Path) -> list[str]:
    """Give those collections of a requirements.yml that Ansible doesn't find in a version that will do."""
    wanted = yaml.safe_load(requirements.read_text(encoding="utf-8"))["collections"]
    return [f"{each['name']} {each['version']}" for each in wanted if not _found(each["name"], each["version"])]


def system() -> str:
    """Give the name of the operating system's kernel."""
    return platform.system()


def wsl(release: str) -> bool:
    """Tell by the release of its kernel whether this is Linux inside Windows."""
    return "microsoft" in release.lower()


def _found(collection: str, wanted: str) -> bool:
    try:
        spec = importlib.util.find_spec(f"ansible_collections.{collection}")
    except ModuleNotFoundError:
        return False
    for place in (spec.submodule_search_locations or []) if spec else []:
        manifest = Path(place, "MANIFEST.json")
        if manifest.exists():
            version = json.loads(manifest.read_text(encoding="utf-8"))["collection_info"]["version"]
            return _numbers(version) >= _numbers(wanted.removeprefix(">="))
    return False


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.partition("-")[0].split(".")]


def _has_size(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size
