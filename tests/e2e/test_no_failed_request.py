"""Profile ha under clients that never pause: pods come and go unnoticed, and what was acknowledged stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from e2e import pods
from e2e.clients import Clients, records
from e2e.playbook import Lab, docker
from e2e.test_lab import wait_until_healthy

REQUESTS = 5_000
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


def test_a_killed_pod_costs_only_what_came_its_way(ha: Lab, tell: Callable[[Clients], None]) -> None:
    """What it held is lost, and what the Ingress still sends it until it knows; a lab with k3s may lose less."""
    with Clients(ha) as clients:
        clients.wait_for(500)
        pods.kill(ha)
        noticed = len(clients.failures)
        clients.wait_for(500)
    tell(clients)
    assert len(clients.failures) == noticed
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
