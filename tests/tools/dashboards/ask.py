"""Ask a lab's Prometheus every query of every dashboard that the profile demo can answer; fail with the others."""

from __future__ import annotations

import argparse
import http.client
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlsplit

from crud_lab.prometheus import Prometheus
from crud_lab.verification.cluster import Cluster
from crud_lab.verification.metrics import Patience

from dashboards.queries import Query, every_query


def unanswered(
    prometheus: Prometheus, queries: Iterable[Query], patience: Patience, use: Callable[[], None]
) -> list[Query]:
    """Use the app and ask each query until it has an answer that is a number; give those that had none in time.

    Requests made once are no rate: what came before the first scrape of a pod is what its counters began with, and what
    came a minute ago is over.
    """
    left = list(queries)

    def all_answered() -> bool:
        use()
        left[:] = [query for query in left if not prometheus.query(query.expression)]
        return not left

    patience.until(all_answered)
    return left


def read_and_be_refused(url: str) -> None:
    """Read the records, and send one without a key, so that there are good answers and errors."""
    address = urlsplit(url)
    for method in ("GET", "POST"):
        connection = http.client.HTTPConnection(address.netloc, timeout=10)
        connection.request(method, address.path)
        connection.getresponse().read()
        connection.close()


def main() -> None:
    """Ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, help="where the dashboards are")
    parser.add_argument("--kubectl", required=True)
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--records", required=True, help="their address, such as http://localhost:8080/items")
    parser.add_argument("--namespace", default="monitoring", help="that of Prometheus")
    parser.add_argument("--seconds", type=float, default=60, help="how long the answers may take to exist")
    given = parser.parse_args()
    queries = [one for one in every_query(given.directory) if not one.needs_autoscaler]
    prometheus = Prometheus(Cluster(given.kubectl, given.kubeconfig), given.namespace)
    left = unanswered(prometheus, queries, Patience(given.seconds), lambda: read_and_be_refused(given.records))
    if left:
        sys.exit("\n".join(["No answer to", *map(str, left)]))
    print(f"{len(queries)} queries answered")


if __name__ == "__main__":
    main()
