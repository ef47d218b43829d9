"""A node whose memory can be filled without filling the whole machine's."""

from __future__ import annotations

from e2e.playbook import Lab, docker, wait_until_healthy

KIBIBYTES = 3 * 1024**2


def make_small(lab: Lab) -> None:
    """Let the kubelet, which sees the whole machine from a container, see one with three gigabytes of memory."""
    on_node(lab, f"sed 's/^MemTotal:.*/MemTotal: {KIBIBYTES} kB/' /proc/meminfo > /run/meminfo")
    # It looks once, at its start.
    on_node(lab, "mount --bind /run/meminfo /proc/meminfo && systemctl restart k3s")
    wait_until_healthy(lab)


def on_node(lab: Lab, script: str) -> None:
    """Run a line of shell as the node's administrator."""
    docker("exec", lab.name, "sh", "-c", script)
