"""Tells systemd how far the start is (sd_notify) and people what happens (the journal)."""

import os
import socket


def log(message: str) -> None:
    """One line for the journal."""
    print(f"labkube: {message}", flush=True)


def notify(state: str) -> None:
    """Send `state` (READY=1, STATUS=…) to systemd; without systemd, do nothing."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as connection:
        connection.sendto(state.encode(), address)


def status(message: str) -> None:
    """Log `message` and show it in `systemctl status k3s`."""
    log(message)
    notify(f"STATUS={message}")
