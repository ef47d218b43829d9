"""When the role k3s takes Kubernetes for ready: not for what the API repeats from before a restart."""

from __future__ import annotations

import importlib.util
import json
import ssl
import sys
import threading
import time
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from labkube import credentials, pki

SCRIPT = Path(__file__).parents[2] / "roles/k3s/files/wait_until_ready.py"
ADDONS = ["deployment/dns", "apiservice/v1beta1.metrics.k8s.io"]
NODE, METRICS = "/api/v1/nodes/lab", "/apis/metrics.k8s.io/v1beta1"
DEPLOYMENTS = "/apis/apps/v1/namespaces/kube-system/deployments"
PODS = "/api/v1/namespaces/kube-system/pods"
# 2026-11-29T12:00:00Z
NOON = 1795953600


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The program, on a node whose containerd runs two containers."""
    spec = importlib.util.spec_from_file_location("wait_until_ready", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "running", lambda: {"new", "other"})
    return module


def cluster(*, heartbeat: str = "2026-11-29T12:00:07Z", seen: int = 2, container: str = "new") -> dict[str, Any]:
    """What the API says of a cluster that works; the arguments make it one that doesn't yet."""
    return {
        NODE: {"status": {"conditions": [{"type": "Ready", "status": "True", "lastHeartbeatTime": heartbeat}]}},
        DEPLOYMENTS: {
            "items": [
                {
                    "metadata": {"name": "dns", "generation": 2},
                    "spec": {"selector": {"matchLabels": {"app": "dns"}}},
                    "status": {"observedGeneration": seen, "conditions": [{"type": "Available", "status": "True"}]},
                }
            ]
        },
        METRICS: {"kind": "APIResourceList"},
        PODS: {
            "items": [
                pod(labels={"app": "other"}, container="other"),
                pod(labels={"app": "dns", "pod-template-hash": "1"}, container=container),
            ]
        },
    }


def pod(*, labels: Mapping[str, str], container: str, node: str = "lab") -> dict[str, Any]:
    return {
        "metadata": {"labels": labels},
        "spec": {"nodeName": node},
        "status": {
            "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [{"containerID": f"containerd://{container}"}],
        },
    }


def lack(waiting: ModuleType, answers: dict[str, Any], addons: list[str] = ADDONS) -> str:
    api = waiting.Api.__new__(waiting.Api)
    api.get = answers.get
    found: str = waiting.missing(api, "lab", NOON, addons)
    return found


def test_a_cluster_that_works_lacks_nothing(waiting: ModuleType) -> None:
    assert lack(waiting, cluster()) == ""


@pytest.mark.parametrize("heartbeat", ["2026-11-29T11:59:59Z", "2026-11-29T12:00:00Z"])
def test_what_the_node_said_before_the_start_does_not_count(waiting: ModuleType, heartbeat: str) -> None:
    assert lack(waiting, cluster(heartbeat=heartbeat)) == "the node lab has not said since the start that it is ready"


def test_a_deployment_must_have_been_looked_at_as_it_is_now(waiting: ModuleType) -> None:
    assert lack(waiting, cluster(seen=1)) == "deployment/dns is not available"


def test_a_pod_from_before_the_nodes_restart_does_not_count(waiting: ModuleType) -> None:
    """The API goes on to call it ready until the kubelet has looked; none of its containers runs any more."""
    assert lack(waiting, cluster(container="old")) == "deployment/dns has no pod that runs and is ready"


def test_a_pod_of_another_node_is_that_nodes_to_judge(waiting: ModuleType) -> None:
    answers = cluster()
    answers[PODS]["items"] = [pod(labels={"app": "dns"}, container="elsewhere", node="lab-2")]
    assert lack(waiting, answers) == ""


def test_an_api_that_an_addon_serves_must_answer(waiting: ModuleType) -> None:
    """Its condition in the API server is from before, too."""
    answers = cluster()
    del answers[METRICS]
    assert lack(waiting, answers) == "the API metrics.k8s.io/v1beta1 does not answer"


@pytest.mark.parametrize("path", [NODE, DEPLOYMENTS, PODS])
def test_no_answer_is_not_ready(waiting: ModuleType, path: str) -> None:
    answers = cluster()
    del answers[path]
    assert lack(waiting, answers)


def test_without_addons_the_node_is_enough(waiting: ModuleType) -> None:
    assert lack(waiting, {NODE: cluster()[NODE]}, []) == ""


class Answers(BaseHTTPRequestHandler):
    """The API server: tells who asks, has nothing below /missing, and once hangs up."""

    protocol_version = "HTTP/1.1"
    hung_up = False

    def do_GET(self) -> None:
        if self.path == "/hang-up" and not Answers.hung_up:
            Answers.hung_up = self.close_connection = True
            return
        assert isinstance(self.connection, ssl.SSLSocket)
        certificate: Any = self.connection.getpeercert()
        body = json.dumps({"items": [field[0] for field in certificate["subject"]]}).encode()
        self.send_response(HTTPStatus.NOT_FOUND if self.path == "/missing" else HTTPStatus.OK)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="it runs on nodes")
def test_the_administrator_asks_with_a_certificate_that_comes_to_no_disk(waiting: ModuleType, tmp_path: Path) -> None:
    certificates = [
        pki.Certificate("server", pki.SERVER_CA, "kube-apiserver", names=("IP:127.0.0.1",)),
        pki.Certificate("admin", pki.CLIENT_CA, "system:admin", "system:masters"),
    ]
    pki.ensure(tmp_path, certificates)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(tmp_path / f"{pki.CLIENT_CA}.crt"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(tmp_path / "server.crt", tmp_path / "server.key")
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        files = [(tmp_path / name).read_bytes() for name in (f"{pki.SERVER_CA}.crt", "admin.crt", "admin.key")]
        api = waiting.Api(credentials.kubeconfig(f"https://127.0.0.1:{server.server_port}", *files))
        assert ["commonName", "system:admin"] in api.items("/")
        assert api.get("/missing") is None
        assert (api.get("/hang-up"), bool(api.get("/hang-up"))) == (None, True)
        api._connection.close()
        server.shutdown()


class Clocks:
    """Time that passes only when somebody sleeps."""

    def __init__(self, wall: float, monotonic: float) -> None:
        self.wall, self.now = wall, monotonic

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clocks(waiting: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Clocks:
    """A node that started k3s at noon, when it had been up for 1,000 s, and asked 20 s later."""
    clocks = Clocks(NOON + 20, 1020)
    monkeypatch.setattr(waiting.time, "time", lambda: clocks.wall)
    monkeypatch.setattr(waiting.time, "clock_gettime", lambda _: clocks.now)
    monkeypatch.setattr(waiting.time, "monotonic", lambda: clocks.now)
    monkeypatch.setattr(waiting.time, "sleep", clocks.sleep)
    noon = time.strftime("%a %Y-%m-%d %H:%M:%S UTC", time.gmtime(NOON))
    shown = f"ExecMainStartTimestamp={noon}\nExecMainStartTimestampMonotonic=1000000000\n"
    monkeypatch.setattr(waiting.subprocess, "run", lambda *_, **__: type("Done", (), {"stdout": shown}))
    return clocks


def test_the_start_is_known_by_the_wall_clock(waiting: ModuleType, clocks: Clocks) -> None:
    assert waiting.started() == (NOON, 20)


@pytest.mark.parametrize(("wall", "since"), [(NOON + 9000, NOON), (NOON - 9000, NOON - 9020)])
def test_a_clock_that_was_set_since_hides_nothing(
    waiting: ModuleType, clocks: Clocks, wall: float, since: float
) -> None:
    clocks.wall = wall
    assert waiting.started()[0] == since


@pytest.mark.parametrize(("seconds", "end"), [(60, 1060), (15, 1035)])
def test_the_limit_counts_from_the_start_of_the_unit_or_from_now_where_that_is_long_ago(
    waiting: ModuleType, clocks: Clocks, monkeypatch: pytest.MonkeyPatch, seconds: int, end: int
) -> None:
    """The whole wait once took more than twice what k3s_ready_seconds said."""
    monkeypatch.setattr(waiting, "KUBECONFIG", SCRIPT)
    monkeypatch.setattr(waiting, "Api", lambda _: None)
    monkeypatch.setattr(waiting, "missing", lambda *_: "the moon")
    with pytest.raises(SystemExit, match=f"not ready within {seconds} s: the moon"):
        waiting.main("lab", seconds, [])
    assert end <= clocks.now <= end + 2 * waiting.POLL


def test_only_the_standard_library_is_used() -> None:
    """The node's own Python runs it."""
    lines = SCRIPT.read_text().splitlines()
    names = {line.split()[1].partition(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert names <= set(sys.stdlib_module_names)
