from labkube.api import is_ready

SINCE = 1_800_000_000.5


def node(status: str, heartbeat: str):
    return {"status": {"conditions": [{"type": "Ready", "status": status, "lastHeartbeatTime": heartbeat}]}}


def test_only_what_the_kubelet_said_since_its_start_counts():
    """After a restart the API still shows the node as ready from before."""
    assert is_ready(node("True", "2027-01-15T08:00:00Z"), SINCE)
    assert not is_ready(node("True", "2027-01-15T07:59:59Z"), SINCE)
    assert not is_ready(node("False", "2027-01-15T08:00:10Z"), SINCE)
    assert not is_ready({"status": {}}, SINCE)
