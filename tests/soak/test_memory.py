"""Monitoring stays within its memory limits, whatever the load."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from e2e.clients import Clients
from e2e.playbook import Lab

from soak.monitoring import by_container, total

MINUTES = 10
HERE = 'namespace="monitoring"'
# Grafana's too, where there is one.
CONTAINERS = {"prometheus", "kube-state-metrics"}


def test_ten_minutes_of_load(watched: Lab, tell: Callable[[Clients], None], capsys: pytest.CaptureFixture[str]) -> None:
    with Clients(watched) as clients:
        time.sleep(MINUTES * 60)
    tell(clients)
    assert clients.failures == []
    used = by_container(watched, f"max_over_time(container_memory_working_set_bytes{{{HERE}}}[{MINUTES}m])")
    limits = by_container(watched, f'kube_pod_container_resource_limits{{{HERE}, resource="memory"}}')
    with capsys.disabled():
        for container, limit in limits.items():
            print(f"{container} used {used[container] / 2**20:.0f} of {limit / 2**20:.0f} MiB at most")
    assert limits.keys() >= CONTAINERS
    assert [container for container, limit in limits.items() if used[container] >= limit] == []
    assert total(watched, f"increase(kube_pod_container_status_restarts_total{{{HERE}}}[{MINUTES}m])") == 0
