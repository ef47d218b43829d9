"""Profile ha under clients that never pause: pods come and go unnoticed, and what was acknowledged stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from crud_lab.verification.metrics import Patience
from dashboards.ask import read_and_be_refused, unanswered
from dashboards.files import DIRECTORY
from dashboards.queries import every_query

from e2e import pods
from e2e.clients import Clients, records
from e2e.load_card import LoadCard
from e2e.playbook import Lab, docker, wait_until_healthy
from e2e.watch import prometheus

REQUESTS = 5_000
COUNTED = 10_000
KILLS = 3
NODE_KILLS = 5
# A query over a minute needs that minute, and the node is busy.
SECONDS_TO_ANSWER = 180
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


def test_load_is_spread_evenly_and_counted_to_the_request(ha: Lab) -> None:
    """Over a fixed number of pods: one that came later would have fewer."""
    before = records(ha)
    pods.limit(ha, 4, 4)
    run = ha.run("playbooks/run-load.yml", "-e", "load_rate=150", "-e", "load_seconds=70").require(changed=0)
    pods.limit(ha, 2, 5)
    card = LoadCard.read(run.card)
    assert "equal to the request" in card.text
    assert card.total >= COUNTED
    assert [card.by_route, card.by_status, card.by_pod] == [card.total] * 3
    assert (card.failed, len(card.pods)) == (0, 4)
    assert max(card.pods) / min(card.pods) <= 1.5
    assert records(ha) == before


def test_every_query_of_the_dashboards_has_an_answer_under_load(ha: Lab) -> None:
    with Clients(ha):
        left = unanswered(
            prometheus(ha),
            every_query(DIRECTORY),
            Patience(SECONDS_TO_ANSWER),
            lambda: read_and_be_refused(f"{ha.url}/items"),
        )
    assert left == []


@pytest.mark.parametrize("variables", [HA, SQLITE], ids=["redis", "sqlite"])
def test_acknowledged_records_survive_a_killed_node(ha: Lab, variables: tuple[str, ...]) -> None:
    require_records_survive(ha, variables, NODE_KILLS)


def require_records_survive(lab: Lab, variables: tuple[str, ...], kills: int) -> None:
    """Kill the node under clients that write, again and again: each record that one was told of is still there."""
    lab.run("site.yml", "--tags", "app", *variables).require()
    wait_until_healthy(lab)
    acknowledged: set[str] = set()
    for _ in range(kills):
        with Clients(lab) as clients:
            clients.wait_for(500)
            docker("kill", lab.name)
        docker("start", lab.name)
        wait_until_healthy(lab)
        pods.settle(lab)
        assert len(clients.acknowledged) > 100
        acknowledged |= clients.acknowledged
        assert acknowledged <= records(lab)


def require_no_failed_request(lab: Lab, requests: int, tell: Callable[[Clients], None]) -> None:
    """Disturb the pods in each graceful way, again and again, until there were so many requests."""
    with Clients(lab) as clients:
        while clients.answers.total() < requests and not clients.failures:
            for disturb in (pods.roll, pods.scale, pods.delete):
                disturb(lab)
    tell(clients)
    assert clients.failures == []
    assert clients.acknowledged <= records(lab)
