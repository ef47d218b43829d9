"""What the app holds in memory: idle, and after each tenth of many requests of all kinds."""

import contextlib
from pathlib import Path

from .requests import fill, mixed
from .server import running

CONNECTIONS = 4
LOOKS = 10


def measure_memory(target: str, key_file: Path, requests: int) -> None:
    """Print the memory of both processes, what they share counted once."""
    print("Memory of both processes")
    with running(target, key_file) as server:
        print(f"  idle{server.resident_bytes() / 1e6:31.1f} MB")
        kinds = mixed(fill(server))
        rounds = max(1, requests // LOOKS // len(kinds) // CONNECTIONS)
        with contextlib.closing(server.client(CONNECTIONS)) as client:
            for look in range(1, LOOKS + 1):
                # In turns, so that what one kind leaves behind meets the others.
                for _ in range(rounds):
                    for request, status in kinds.items():
                        client.run(request, 1, status)
                sent = look * rounds * len(kinds) * CONNECTIONS
                print(f"  after {sent:9,} requests{server.resident_bytes() / 1e6:11.1f} MB", flush=True)
