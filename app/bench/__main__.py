"""What crud-api costs beside a bare Flask app in the same server: `make bench-app`, or `python -m bench` in app/.

Processor time is the worker's own, so that the load generator on the same machine does not count. Every number is the
median of rounds in which the servers take turns, with the quartiles as its spread; ratios are of neighbouring rounds.
"""

import argparse
import contextlib
import json
import statistics
import tempfile
import time
from pathlib import Path

from .server import Server, running

KEY = "a-key-of-the-bench"
CONNECTIONS = 4
TARGETS = {
    "crud-api": "crud_api:create_app()",
    "without metrics": "bench.targets:without_metrics()",
    "bare Flask": "bench.targets:bare()",
}
BODY = b'{"name":"lamp"}'
POST = (
    f"POST /items HTTP/1.1\r\nHost: bench\r\nX-Key: {KEY}\r\nContent-Type: application/json\r\n"
    f"Content-Length: {len(BODY)}\r\n\r\n"
).encode() + BODY


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--alternations", type=int, default=10, help="rounds of each server (%(default)s)")
    parser.add_argument("--requests", type=int, default=2000, help="requests in a round (%(default)s)")
    parser.add_argument("--growth", type=int, default=100_000, help="requests between looks at memory (%(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        key_file = Path(directory, "keys")
        key_file.write_text(KEY, encoding="ascii")
        measure_start(key_file, options.alternations)
        with contextlib.ExitStack() as stack:
            servers = {name: stack.enter_context(running(target, key_file)) for name, target in TARGETS.items()}
            prepared = {name: requests(server) for name, server in servers.items()}
            for kind in prepared["crud-api"]:
                own = {name: prepared[name][kind] for name in servers}
                measure_load(kind, own, servers, options.alternations, max(1, options.requests // CONNECTIONS))
        measure_memory(key_file, options.growth)


def requests(server: Server) -> dict[str, bytes]:
    """Return each kind of request, and make what those that read need: a record, and a hundred."""
    with contextlib.closing(server.client(1)) as client:
        for _ in range(99):
            client.run(POST, 1)
        record = json.loads(client.run(POST, 1).partition(b"\r\n\r\n")[2])
    return {
        "GET one record": f"GET /items/{record['item_id']} HTTP/1.1\r\nHost: bench\r\n\r\n".encode(),
        "GET a list of 100": b"GET /items?limit=100 HTTP/1.1\r\nHost: bench\r\n\r\n",
        "POST with a key": POST,
    }


def measure_start(key_file: Path, alternations: int) -> None:
    """Print the time from the start of the process to its first 200."""
    seconds: list[float] = []
    for _ in range(alternations):
        with running(TARGETS["crud-api"], key_file) as server:
            seconds.append(server.start_seconds)
    print(f"Start to the first 200: {_spread(seconds, '.2f')} s")


def measure_load(
    kind: str, requests: dict[str, bytes], servers: dict[str, Server], alternations: int, rounds: int
) -> None:
    """Print what a kind of request costs on each server."""
    costs: dict[str, list[float]] = {target: [] for target in servers}
    rates: dict[str, list[float]] = {target: [] for target in servers}
    with contextlib.ExitStack() as stack:
        clients = {
            target: stack.enter_context(contextlib.closing(server.client(CONNECTIONS)))
            for target, server in servers.items()
        }
        for target, client in clients.items():
            client.run(requests[target], rounds // 4 + 1)
        for _ in range(alternations):
            for target, server in servers.items():
                spent, started = server.cpu_seconds(), time.perf_counter()
                clients[target].run(requests[target], rounds)
                count = rounds * CONNECTIONS
                rates[target].append(count / (time.perf_counter() - started))
                costs[target].append((server.cpu_seconds() - spent) / count * 1e6)
    print(kind)
    for target in servers:
        ratios = [own / other for own, other in zip(costs[target], costs["bare Flask"], strict=True)]
        print(
            f"  {target:16} {_spread(costs[target], '.0f')} µs of CPU, {_spread(rates[target], '.0f')} requests/s, "
            f"{_spread(ratios, '.2f')} times bare Flask"
        )
    shares = [1 - own / full for own, full in zip(costs["without metrics"], costs["crud-api"], strict=True)]
    print(f"  metrics take     {_spread([share * 100 for share in shares], '.1f')} %")


def measure_memory(key_file: Path, growth: int) -> None:
    """Print the memory of both processes, idle and after many requests."""
    print("Memory of both processes")
    with running(TARGETS["crud-api"], key_file) as server:
        print(f"  idle {server.resident_bytes() / 1e6:.1f} MB")
        request = requests(server)["GET one record"]
        with contextlib.closing(server.client(CONNECTIONS)) as client:
            for number in range(2):
                client.run(request, growth // 2 // CONNECTIONS)
                print(f"  after {growth // 2 * (number + 1)} requests {server.resident_bytes() / 1e6:.1f} MB")


def _spread(values: list[float], form: str) -> str:
    low, _, high = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    return f"{statistics.median(values):{form}} ({low:{form}} to {high:{form}})"


if __name__ == "__main__":
    main()
