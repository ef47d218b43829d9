"""Profile ha under clients that never pause: pods come and go unnoticed, and what was acknowledged stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from e2e import pods
from e2e.clients import Clients, records
from e2e.playbook import Lab, docker
from e2e.test_lab import wait_until_healthy

REQUESTS = 5_000
KILLS = 3
HA = ("-e", "lab_profile=ha")
SQLITE = ("-e", "crud_api_store=sqlite")


@pytest.fixture(scope="module")
def ha(lab: Lab) -> Iterator[Lab]:
    """A lab in profile ha."""
    lab.run("site.yml", *HA).require()
    yield lab
    lab.run("teardown.yml").require()


def test_no_request_fails_while_pods_come_and_go(ha: Lab, tell: Callable[[Clients], None]) -> None:
    require_no_failed_request(ha, REQUESTS, tell)


def test_a_killed_container_costs_at_most_what_it_held(ha: Lab, tell: Callable[[Clients], None]) -> None:
    """Also where it is away for long: the third time in a row it is started after 20 seconds (CrashLoopBackOff)."""
    pod, kills = pods.pods(ha)[0], []
    with Clients(ha) as clients:
        for _ in range(KILLS):
            clients.wait_for(500)
            kills.append(pods.kill(ha, pod))
        clients.wait_for(500)
    tell(clients)
    under_way = [
        failure
        for failure in clients.failures
        if any(failure.began <= ended and failure.ended >= began for began, ended in kills)
    ]
    assert clients.failures == under_way
    # A client has one request at a time.
    assert len(under_way) <= KILLS * len(clients.each)
    assert clients.acknowledged <= records(ha)


@pytest.mark.parametrize("variables", [HA, SQLITE], ids=["redis", "sqlite"])
def test_acknowledged_records_survive_a_killed_node(ha: Lab, variables: tuple[str, ...]) -> None:
    ha.run("site.yml", "--tags", "app", *variables).require()
    wait_until_healthy(ha)
    with Clients(ha) as clients:
        clients.wait_for(500)
        docker("kill", ha.name)
    docker("start", ha.name)
    wait_until_healthy(ha)
    pods.settle(ha)
    assert len(clients.acknowledged) > 100
    assert clients.acknowledged <= records(ha)


def require_no_failed_request(lab: Lab, requests: int, tell: Callable[[Clients], None]) -> None:
    """Disturb the pods in each graceful way, again and again, until there were so many requests."""
    with Clients(lab) as clients:
        while clients.answers.total() < requests and not clients.failures:
            for disturb in (pods.roll, pods.scale, pods.delete):
                disturb(lab)
    tell(clients)
    assert clients.failures == []
    assert clients.acknowledged <= records(lab)
