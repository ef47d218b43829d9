"""A step of load takes the autoscaler up and down again, and no request fails."""

from __future__ import annotations

from e2e.load_card import LoadCard
from e2e.playbook import Lab
from e2e.test_no_failed_request import HA


def test_a_step_makes_more_pods_and_fewer_again(lab: Lab) -> None:
    lab.run("site.yml", *HA).require()
    run = lab.run("playbooks/run-load.yml", "-e", "load_profile=step").require(changed=0)
    print(run.card)
    card = LoadCard.read(run.card)
    assert card.failed == 0
    assert "equal to the request" in card.text
    first, most, last = card.replicas
    assert first == last == 2
    assert most > first
