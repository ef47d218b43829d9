"""Ask a lab's Prometheus every query of every dashboard; fail with those that have no answer."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from crud_lab.prometheus import Prometheus
from crud_lab.verification.cluster import Cluster
from crud_lab.verification.metrics import Patience

from dashboards.queries import Query, every_query


def unanswered(prometheus: Prometheus, queries: Iterable[Query], patience: Patience) -> list[Query]:
    """Ask each query until it has an answer that is a number; give those that had none in time."""
    left = list(queries)

    def all_answered() -> bool:
        left[:] = [query for query in left if not prometheus.query(query.expression)]
        return not left

    patience.until(all_answered)
    return left


def main() -> None:
    """Ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, help="where the dashboards are")
    parser.add_argument("--kubectl", required=True)
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--namespace", default="monitoring", help="that of Prometheus")
    parser.add_argument("--seconds", type=float, default=60, help="how long the answers may take to exist")
    parser.add_argument("--autoscaler", action="store_true", help="there is one, so that its panels have data too")
    given = parser.parse_args()
    queries = [one for one in every_query(given.directory) if given.autoscaler or not one.needs_autoscaler]
    prometheus = Prometheus(Cluster(given.kubectl, given.kubeconfig), given.namespace)
    left = unanswered(prometheus, queries, Patience(given.seconds))
    if left:
        sys.exit("\n".join(["No answer to", *map(str, left)]))
    print(f"{len(queries)} queries answered")


if __name__ == "__main__":
    main()
