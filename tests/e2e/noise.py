"""What differs on a machine without any lab's doing; each with the reason."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from e2e.playbook import ROOT

HOME = re.escape(str(Path.home()))
TEMPORARY = re.escape(tempfile.gettempdir())
CHECKOUT = re.escape(str(ROOT))

# Lines of machine.differences, by a pattern that matches their start.
NOISE = [
    (r"process \S*(dockerd|containerd)\b", "Docker Engine is the machine's; its own processes restart and reload"),
    (r"file /var/log/", "logs grow"),
    (
        r"file /etc/(passwd|shadow|group|gshadow|subuid|subgid)-?:",
        "written anew when the ordinary user of a test comes and goes, who compares what they say",
    ),
    (r"file /run/sudo\b", "sudo makes its directory when it is first called"),
    (
        rf"file ({HOME}/\.ansible/tmp|{TEMPORARY}/ansible\.?_)",
        "a killed ansible-playbook can't clear its scratch directories away",
    ),
    (
        r"file /run/(docker|containerd|udev|utmp|systemd/(journal|units|sessions))",
        "run-time files of Docker and systemd",
    ),
    (r"file /var/lib/(systemd|logrotate|private)/", "timers of systemd"),
    (r"link docker0 .*", "Docker's own bridge is up only while a container uses it"),
    (r"link (default|\S+/\d+|fe80\S*) .*dev docker0", "its route likewise"),
    (r"link \S*docker0\s+inet6 fe80", "its link-local address comes with the first container"),
]

# Directories that hold caches, which the README lists, or what belongs to somebody else.
SKIPPED_DIRECTORIES = "|".join(
    [
        rf"{HOME}/\.cache$",  # the bundle, and the caches of uv, pip, Go
        rf"{HOME}/go$",  # Go's module cache where GOPATH is the default
        rf"{HOME}/\.(pyenv|rustup|npm|nvm|cargo)$|/usr/local/go$",  # tool chains: large, and no concern of a lab
        rf"{CHECKOUT}/\.(git|venv|mypy_cache|pytest_cache|ruff_cache|ansible)$",
        r".*/__pycache__$",
        r"/var/(lib|cache)/(apt|man)$",  # lists and indexes of Debian's tools
        r"/var/cache/",
        r"/var/lib/(docker|containerd)$",  # compared by docker's own listings
        r"/run/(docker|containerd|netns)$",
        rf"{TEMPORARY}/(pytest-of-|bash_jobs)",  # this test's own
    ]
)

# Settings that count, or that the kernel changes by itself.
VOLATILE_SETTINGS = "|".join(
    [
        r"/fs/(dentry-state|file-nr|inode-nr|inode-state|quota/|aio-nr|binfmt_misc/)",
        r"/kernel/(random/|ns_last_pid|pty/nr|sched_domain|perf_)",
        r"/kernel/(tainted|core_pattern_counter)",
        r"/net/netfilter/nf_conntrack_(count|buckets)",
        r"/net/ipv[46]/(conf|neigh)/(veth|br-|docker0)",  # go and come with their interface
        r"/net/ipv4/tcp_(mem|fastopen_key)",
        r"/vm/(stat_refresh|compact_memory|drop_caches)",
    ]
)
