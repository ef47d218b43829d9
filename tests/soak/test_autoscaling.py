"""An autoscaler that goes by requests follows them up and down, and no request fails on the way."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from crud_lab.verification.metrics import Patience
from e2e import pods
from e2e.clients import Clients
from e2e.playbook import Lab
from e2e.test_no_failed_request import HA

LEAST = 2
# So few that clients without a pause always make more.
PER_POD = 5
UP, DOWN = 180, 360


def test_pods_follow_the_requests(lab: Lab, tell: Callable[[Clients], None]) -> None:
    lab.run("site.yml", *HA, "-e", f"crud_api_autoscaling_requests_per_second={PER_POD}").require()
    assert Patience(UP).until(lambda: goal(lab) == "http_requests_per_second"), "the autoscaler is told nothing"
    assert Patience(DOWN).until(lambda: ready(lab) == LEAST)
    started = time.monotonic()
    with Clients(lab) as clients:
        assert Patience(UP).until(lambda: ready(lab) > LEAST)
        up = time.monotonic() - started
        clients.wait_for(500)
    tell(clients)
    assert clients.failures == []
    started = time.monotonic()
    assert Patience(DOWN).until(lambda: ready(lab) == LEAST)
    print(f"a third pod after {up:.0f} s, {LEAST} again {time.monotonic() - started:.0f} s after the last request")


def ready(lab: Lab) -> int:
    """How many pods are ready."""
    return int(look(lab, "deployment/crud-api")["status"].get("readyReplicas", 0))


def goal(lab: Lab) -> str:
    """What the autoscaler goes by now."""
    metrics = look(lab, "horizontalpodautoscaler/crud-api")["status"].get("currentMetrics") or [{}]
    return str(metrics[0].get("pods", {}).get("metric", {}).get("name", ""))


def look(lab: Lab, what: str) -> Any:
    """Give an object of the app's namespace."""
    return json.loads(pods.kubectl(lab, "get", what, "-o", "json"))
