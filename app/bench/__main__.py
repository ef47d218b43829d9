"""What crud-api costs beside a bare Flask app in the same server: `make bench-app`, or `python -m bench` in app/.

Processor time is the worker's own, so that the load generator on the same machine does not count. Every number is the
median of rounds in which the servers take turns, with the quartiles as its spread; ratios are of neighbouring rounds.
"""

import argparse
import contextlib
import statistics
import tempfile
import time
from pathlib import Path

from .memory import CONNECTIONS, measure_memory
from .requests import KEY, fill, timed
from .server import Server, running

TARGETS = {
    "crud-api": "crud_api:create_app()",
    "without metrics": "bench.targets:without_metrics()",
    "bare Flask": "bench.targets:bare()",
}
PARTS = ("start", "load", "memory")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--alternations", type=int, default=10, help="rounds of each server (%(default)s)")
    parser.add_argument("--requests", type=int, default=2000, help="requests in a round (%(default)s)")
    parser.add_argument(
        "--growth", type=int, default=1_000_000, help="requests that memory is watched for (%(default)s)"
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure (all of it)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        key_file = Path(directory, "keys")
        key_file.write_text(KEY, encoding="ascii")
        if "start" in options.parts:
            measure_start(key_file, options.alternations)
        if "load" in options.parts:
            measure_loads(key_file, options.alternations, max(1, options.requests // CONNECTIONS))
        if "memory" in options.parts:
            measure_memory(TARGETS["crud-api"], key_file, options.growth)


def measure_start(key_file: Path, alternations: int) -> None:
    """Print the time from the start of the process to its first 200."""
    seconds: list[float] = []
    for _ in range(alternations):
        with running(TARGETS["crud-api"], key_file) as server:
            seconds.append(server.start_seconds)
    print(f"Start to the first 200: {_spread(seconds, '.2f')} s")


def measure_loads(key_file: Path, alternations: int, rounds: int) -> None:
    """Print what each kind of request costs."""
    with contextlib.ExitStack() as stack:
        servers = {name: stack.enter_context(running(target, key_file)) for name, target in TARGETS.items()}
        prepared = {name: timed(fill(server)) for name, server in servers.items()}
        for kind in prepared["crud-api"]:
            measure_load(kind, {name: prepared[name][kind] for name in servers}, servers, alternations, rounds)


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


def _spread(values: list[float], form: str) -> str:
    low, _, high = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    return f"{statistics.median(values):{form}} ({low:{form}} to {high:{form}})"


if __name__ == "__main__":
    main()
