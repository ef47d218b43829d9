"""What a lab takes: of the disk, of memory, of a processor."""

from __future__ import annotations

import json
import re
import tempfile
import time
from pathlib import Path

from bundler.store import Store
from e2e.playbook import Lab, docker

from bench.figures import Figures

LONGEST_BUILD = 7200
MEGABYTE = 1_000_000
UNITS = {"B": 1, "kB": 1000, "MB": 1000**2, "GB": 1000**3, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
CPU_FILES = "cat /sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null || true"


def bundle(figures: Figures, directory: Path) -> None:
    """Measure a bundle: its files, and how long a run hashes them."""
    store = Store(directory, {})
    artefacts = store.artefacts()
    files = {stored.path: stored.size for artefact in artefacts.values() for stored in artefact.files}
    figures.add("the bundle", sum(files.values()) / MEGABYTE, "MB")
    figures.add("its files", len(files), "files")
    started = time.monotonic()
    assert store.damaged(artefacts) == []
    figures.add("its files, hashed", time.monotonic() - started, "s")


def bundle_from_nothing(figures: Figures, lab: Lab) -> None:
    """Build a bundle where nothing is, compiled packages neither."""
    with tempfile.TemporaryDirectory() as scratch:
        places = ("-e", f"lab_bundle_dir={scratch}/bundle", "-e", f"bundle_cache_dir={scratch}/cache")
        run = lab.run("site.yml", "--tags", "bundle", *places, timeout=LONGEST_BUILD).require()
        lab.run("teardown.yml").require()
    figures.add("the bundle, from nothing", run.seconds, "s")


def node(figures: Figures, lab: Lab) -> None:
    """Measure what a node with everything in it has on the disk."""
    (container,) = json.loads(docker("inspect", "--size", lab.name))
    volumes = json.loads(docker("system", "df", "--verbose", "--format", "{{json .Volumes}}"))
    (volume,) = (each["Size"] for each in volumes if each["Name"] == f"{lab.name}-var-lib")
    image = docker("image", "inspect", "--format", "{{.Size}}", container["Image"])
    figures.add("a node with everything in it: volume", size(volume), "MB")
    figures.add("its container", container["SizeRw"] / MEGABYTE, "MB")
    figures.add("its image", int(image) / MEGABYTE, "MB")


def idle(figures: Figures, lab: Lab, settle: float, watch: float) -> None:
    """Measure a lab that nobody uses, over so many seconds after so many without a call."""
    time.sleep(settle)
    before = processor_seconds(lab)
    started = time.monotonic()
    time.sleep(watch)
    share = (processor_seconds(lab) - before) / (time.monotonic() - started)
    used = docker("stats", "--no-stream", "--format", "{{.MemUsage}}", lab.name)
    figures.add("the whole lab, idle: memory", size(used.partition("/")[0]), "MB")
    figures.add("the whole lab, idle: of one core", share * 100, "%")


def processor_seconds(lab: Lab) -> float:
    """Return the processor time that the node has used, with control groups of either version."""
    text = docker("exec", lab.name, "sh", "-c", CPU_FILES)
    match = re.search(r"usage_usec (\d+)", text)
    return int(match[1]) / 1e6 if match else int(text.split()[-1]) / 1e9


def size(text: str) -> float:
    """Read a size as Docker writes it; return megabytes."""
    match = re.fullmatch(r"([\d.]+)([kKMG]?i?B)", text.strip())
    assert match, text
    return float(match[1]) * UNITS[match[2]] / MEGABYTE
