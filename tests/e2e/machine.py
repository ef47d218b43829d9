"""What a machine looks like, so that before and after can be compared."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from e2e.noise import NOISE, SKIPPED_DIRECTORIES, VOLATILE_SETTINGS
from e2e.playbook import ROOT

Section = dict[str, str]
Snapshot = dict[str, Section]

FILE_ROOTS = [
    Path.home(),
    Path("/etc"),
    Path("/opt"),
    Path("/run"),
    Path(tempfile.gettempdir()),
    Path("/usr/local"),
    Path("/var"),
    ROOT,
]
SETTINGS = ("fs", "kernel", "net", "user", "vm")
RULE_LISTINGS = (("iptables-save",), ("ip6tables-save",), ("nft", "list", "ruleset"))
DOCKER_LISTINGS = {
    "containers": ("ps", "--all", "--no-trunc", "--format", "{{.Names}} {{.ID}} {{.State}}"),
    "volumes": ("volume", "ls", "--format", "{{.Name}}"),
    "networks": ("network", "ls", "--no-trunc", "--format", "{{.Name}} {{.ID}}"),
    "images": ("image", "ls", "--all", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}"),
}


def snapshot() -> Snapshot:
    """Return what can be seen of this machine."""
    return {
        "process": processes(),
        "mount": mounts(),
        "link": links(),
        "rule": rules(),
        "setting": settings(),
        "cgroup": cgroups(),
        **{f"docker {kind}": counted(output("docker", *words)) for kind, words in DOCKER_LISTINGS.items()},
        "file": files(),
    }


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """Return one line per difference that is not known noise."""
    found = []
    for name in before.keys() | after.keys():
        old, new = before.get(name, {}), after.get(name, {})
        for key in old.keys() | new.keys():
            if old.get(key) != new.get(key):
                found.append(f"{name} {key}: {old.get(key, 'nothing')} became {new.get(key, 'nothing')}")
    return sorted(line for line in found if not any(re.match(pattern, line) for pattern, _ in NOISE))


def output(*command: str) -> list[str]:
    """Return the lines that a command writes, none where it is not installed."""
    if shutil.which(command[0]) is None:
        return []
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()


def counted(lines: list[str]) -> Section:
    """Return lines as a section; equal lines are counted."""
    return {line: str(count) for line, count in Counter(lines).items()}


def processes() -> Section:
    """Return the command lines of all processes but the kernel's and this test's own."""
    parents, commands = {}, {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            commands[int(path.name)] = (path / "cmdline").read_text(errors="replace").replace("\0", " ").strip()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
    own = set(ancestors(os.getpid(), parents))
    shown = [
        command
        for pid, command in commands.items()
        if command and pid not in own and os.getpid() not in ancestors(pid, parents)
    ]
    return counted(shown)


def ancestors(pid: int, parents: dict[int, int]) -> list[int]:
    """Return a process and all above it."""
    chain = [pid]
    while parents.get(chain[-1]):
        chain.append(parents[chain[-1]])
    return chain


def mounts() -> Section:
    """Return mount points with their options, file systems and sources."""
    lines = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields = line.split()
        lines.append(" ".join([fields[4], fields[5], *fields[fields.index("-") + 1 :]]))
    return counted(lines)


def links() -> Section:
    """Return network interfaces with their addresses, and the routes."""
    addresses = [re.sub(r"^\d+: | (valid_lft|preferred_lft) \S+", "", line) for line in output("ip", "-o", "address")]
    names = sorted(path.name for path in Path("/sys/class/net").iterdir())
    return counted([*names, *addresses, *output("ip", "route"), *output("ip", "-6", "route")])


def rules() -> Section:
    """Return the packet filter's rules without their counters."""
    lines = []
    for command in RULE_LISTINGS:
        for line in output(*command):
            bare = re.sub(r"\[\d+:\d+\]|packets \d+ bytes \d+", "", line).strip()
            if bare and not bare.startswith("#"):
                lines.append(f"{command[0]} {bare}")
    return counted(lines)


def settings() -> Section:
    """Return the kernel's settings, those apart that count or change by themselves."""
    found = {}
    for section in SETTINGS:
        for directory, _, names in os.walk(f"/proc/sys/{section}"):
            for name in names:
                path = Path(directory, name)
                if not re.search(VOLATILE_SETTINGS, str(path)):
                    found[str(path)] = read_setting(path)
    return found


def read_setting(path: Path) -> str:
    """Return a setting's value; some can't be read by anyone, or are gone with their interface."""
    try:
        return path.read_text(errors="replace").strip()
    except OSError as error:
        return type(error).__name__


def cgroups() -> Section:
    """Return the control groups that containers leave behind when they are not cleared away."""
    found = [str(path) for path, _, _ in os.walk("/sys/fs/cgroup") if re.search(r"docker|kubepods|crud-lab", path)]
    return counted(found)


def files() -> Section:
    """Return files with mode, size and time of change; of directories only that they are there, and their mode.

    What a process is writing, such as the log of this very run, is left to the comparison of the processes.
    """
    found: Section = {}
    for root in FILE_ROOTS:
        if root.is_dir() and str(root) not in found:
            found |= dict(walk(root))
    for path in being_written():
        found.pop(path, None)
    return found


def being_written() -> set[str]:
    """Return the paths that some process has open for writing."""
    found = set()
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            information = descriptor.parents[1].joinpath("fdinfo", descriptor.name).read_text()
            flags = int(information.split("flags:")[1].split()[0], base=8)
            if flags & os.O_ACCMODE != os.O_RDONLY:
                found.add(str(descriptor.readlink()))
        except OSError:
            continue  # closed meanwhile, or not ours to read
    return found


def walk(directory: Path) -> Iterator[tuple[str, str]]:
    """Yield everything below a directory, across no file system's border."""
    device = directory.lstat().st_dev
    pending = [str(directory)]
    while pending:
        try:
            entries = list(os.scandir(pending.pop()))
        except OSError:
            continue  # gone meanwhile, or not ours to read
        for entry in entries:
            if re.match(SKIPPED_DIRECTORIES, entry.path):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISDIR(status.st_mode):
                yield entry.path, f"directory {stat.filemode(status.st_mode)}"
                if status.st_dev == device:
                    pending.append(entry.path)
            else:
                yield (
                    entry.path,
                    f"{stat.filemode(status.st_mode)} {status.st_size} bytes, changed at {status.st_mtime_ns}",
                )
