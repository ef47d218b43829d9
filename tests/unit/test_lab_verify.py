"""verify against an app of its own and a cluster that is a table: the proof, each broken link, the card."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from crud_lab.verification import app_links, chain, counters, crud, metrics, node_links, prometheus_links, proof
from crud_lab.verification.card import Tools, access_card
from crud_lab.verification.cluster import Cluster, UnreachableError, find_kubectl
from crud_lab.verification.metrics import Patience
from crud_lab.verification.problem import Broken, MetricsError, VerifyError, describe
from crud_lab.verification.proof import Options, prove
from crud_lab.verification.site import Site
from crud_lab.verification.web import Reply, request

KEY = "right-key"
POD = {
    "metadata": {"name": "crud-api-1"},
    "spec": {
        "containers": [{"ports": [{"name": "http", "containerPort": 5000}, {"name": "metrics", "containerPort": 9102}]}]
    },
    "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
}
LABELS = {"namespace": "crud-api", "instance": "10.42.0.8:9102", "pod": "crud-api-1"}
LABELS_OF_ANOTHER_TIME = LABELS | {"pod": "crud-api-0"}
CORE = "/api/v1/namespaces/crud-api"
DESCRIPTION: dict[str, Any] = {
    "paths": {
        "/items": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/NewItem"},
                            "example": {"name": "made"},
                        }
                    }
                }
            }
        },
        "/items/{item_id}": {},
    },
    "components": {"schemas": {"NewItem": {"properties": {"name": {"type": "string"}}}}},
}


class App(ThreadingHTTPServer):
    """A CRUD API that can be told to misbehave."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.items: dict[str, Any] = {}
        self.counts: Counter[tuple[str, str, int]] = Counter()
        self.checks_key = True
        self.healthy = True
        self.counted_twice = False
        self.shows_metrics = False
        self.loses_updates = False
        self.describes_itself = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def exposition(self) -> str:
        lines = [
            f'http_requests_total{{method="{method}",route="{route}",status="{status}"}} {float(count)}'
            for (method, route, status), count in self.counts.items()
        ]
        return "\n".join(['http_requests_total{method="GET",route="/healthz",status="200"} 7.0', *lines])


class Handler(BaseHTTPRequestHandler):
    server: App

    def log_message(self, *_: object) -> None:
        pass

    def reply(self, status: int, body: object, route: str = "") -> None:
        if route:
            self.server.counts[(self.command, route, status)] += 2 if self.server.counted_twice else 1
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        if status == 201:
            self.send_header("Location", f"{route}/1")
        self.end_headers()
        if status != 204:
            self.wfile.write(data)

    def handle_any(self) -> None:
        app = self.server
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "null")
        if self.path == "/healthz":
            return self.reply(200 if app.healthy else 503, {})
        if self.path == "/openapi.json":
            return self.reply(200, DESCRIPTION if app.describes_itself else "<html>")
        if self.path == "/metrics":
            return self.reply(200, app.exposition()) if app.shows_metrics else self.reply(404, {})
        item = self.path.removeprefix("/items").strip("/")
        route = "/items/<item_id>" if item else "/items"
        if self.command != "GET" and app.checks_key and self.headers.get("X-Key") != KEY:
            return self.reply(401, {"error": "X-Key"}, route)
        if item and item not in app.items:
            return self.reply(404, {}, route)
        return self.serve(item, route, body)

    def serve(self, item: str, route: str, body: Any) -> None:
        items = self.server.items
        if self.command == "POST":
            items["1"] = {**body, "item_id": "1"}
            return self.reply(201, items["1"], route)
        if self.command == "DELETE":
            del items[item]
            return self.reply(204, "", route)
        if self.command == "PUT" and not self.server.loses_updates:
            items[item].update(body)
        return self.reply(200, items[item] if item else list(items.values()), route)

    do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 - the names that http.server calls


class Table(Cluster):
    """A cluster whose answers are a table; the app's and Prometheus' counters are live."""

    def __init__(self, app: App | None = None, objects: dict[str, Any] | None = None) -> None:
        super().__init__("kubectl", Path("kubeconfig"))
        self.app = app
        self.scraped = True
        self.unreachable = ""
        self.objects: dict[str, Any] = {
            f"{CORE}/services/crud-api": {"spec": {"selector": {"app": "crud-api"}}},
            f"{CORE}/pods?labelSelector=app=crud-api": {"items": [POD]},
            "/apis/apps/v1/namespaces/crud-api/deployments/crud-api": {"spec": {"replicas": 1}, "status": {}},
            "/apis/discovery.k8s.io/v1/namespaces/crud-api/endpointslices?labelSelector="
            "kubernetes.io/service-name=crud-api": {
                "items": [{"ports": [{"port": 5000}], "endpoints": [{"conditions": {"ready": True}}]}]
            },
            "/apis/networking.k8s.io/v1/namespaces/crud-api/ingresses": {
                "items": [{"spec": {"rules": [{"http": {"paths": [{"backend": {"service": {"name": "crud-api"}}}]}}]}}]
            },
            "/api/v1/nodes": {
                "items": [
                    {
                        "metadata": {"name": "lab"},
                        "status": {
                            "images": [{"names": ["docker.io/library/crud-api:1"]}],
                            "conditions": [{"type": "Ready", "status": "True", "message": ""}],
                        },
                    }
                ]
            },
            "/api/v1/namespaces/kube-system/pods": {"items": []},
            "/api/v1/pods": {"items": [{"metadata": {"name": "skipper-1"}, "status": POD["status"]}]},
            "/api/v1/namespaces/monitoring/pods": {
                "items": [{"metadata": {"name": "prometheus-0"}, "status": POD["status"]}]
            },
            "targets": [{"labels": LABELS, "health": "up", "scrapeUrl": "http://pod", "lastError": ""}],
            **(objects or {}),
        }

    def raw(self, path: str, **query: str) -> str | None:
        if self.unreachable:
            raise UnreachableError(self.unreachable)
        if path.endswith("/proxy/metrics"):
            assert path.startswith(f"{CORE}/pods/crud-api-1:9102/")
            assert self.app
            return self.app.exposition()
        if path.endswith("/proxy/api/v1/query"):
            assert self.app
            counts: Counter[tuple[str, str, int]] = self.app.counts if self.scraped else Counter()
            sources: list[dict[str, str]] = [LABELS, {"instance": "10.42.0.9:9102", "pod": "a pod that is gone"}]
            result = [
                {
                    "metric": source | {"method": method, "route": route, "status": str(status)},
                    "value": [0, str(count)],
                }
                for (method, route, status), count in counts.items()
                for source in sources
            ]
            return json.dumps({"data": {"result": result}})
        if path.endswith("/proxy/api/v1/targets"):
            return json.dumps({"data": {"activeTargets": self.objects["targets"]}})
        found = self.objects.get(path)
        return None if found is None else json.dumps(found)


@pytest.fixture
def app() -> Iterator[App]:
    server = App()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def site(app: App, tmp_path: Path) -> Site:
    (tmp_path / "x-key").write_text(KEY + "\n")
    return Site("crud-lab", tmp_path, {"app": {"url": app.url, "resource": "items", "service": "crud-api"}})


class Clock:
    """A clock that only runs while one sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def options(*, exact_count: bool = True, only_read: bool = False) -> Options:
    clock = Clock()
    return Options(Patience(5, clock, clock.sleep), exact_count, only_read, record={})


def test_proof_counts_its_requests_and_removes_its_item(app: App, site: Site) -> None:
    found = prove(site, Table(app), options())
    assert found.requests == sum(app.counts.values()) == 9
    assert app.items == {}
    assert found.notes == []
    assert found.example == {"name": "made"}


def test_check_mode_only_reads(app: App, site: Site) -> None:
    assert prove(site, Table(app), options(only_read=True)).requests == 1
    assert list(app.counts) == [("GET", "/items", 200)]


def test_requests_of_before_do_not_count(app: App, site: Site) -> None:
    app.counts[("GET", "/items", 200)] = 41
    assert prove(site, Table(app), options()).requests == 9


def test_an_open_api_is_refused(app: App, site: Site) -> None:
    app.checks_key = False
    with pytest.raises(VerifyError, match=r"POST .*/items: 201 instead of 401"):
        prove(site, Table(app), options())


def test_an_app_without_a_description_is_seen(app: App, site: Site) -> None:
    app.describes_itself = False
    with pytest.raises(VerifyError, match=r"openapi\.json: 200, not the API's description"):
        prove(site, Table(app), options())


def test_shown_metrics_are_refused(app: App, site: Site) -> None:
    app.shows_metrics = True
    with pytest.raises(VerifyError, match="shows the metrics to everyone"):
        prove(site, Table(app), options())


def test_a_lost_update_is_seen_and_the_item_removed(app: App, site: Site) -> None:
    app.loses_updates = True
    with pytest.raises(VerifyError, match=r"'made'.* instead of .*'made # changed'"):
        prove(site, Table(app), options())
    assert app.items == {}


def test_an_app_that_counts_twice_is_seen(app: App, site: Site) -> None:
    app.counted_twice = True
    with pytest.raises(MetricsError, match=r"grew wrongly: .*POST /items 201: 2 instead of 1"):
        prove(site, Table(app), options())


def test_other_clients_may_be_allowed(app: App, site: Site) -> None:
    app.counted_twice = True
    assert prove(site, Table(app), options(exact_count=False)).requests == 9


def test_an_unscraped_app_is_seen(app: App, site: Site) -> None:
    cluster = Table(app)
    cluster.scraped = False
    with pytest.raises(MetricsError, match=r"Prometheus has another http_requests_total than the app after 5 s"):
        prove(site, cluster, options())


def test_a_down_target_is_seen(app: App, site: Site) -> None:
    down = [{"labels": LABELS, "health": "down", "scrapeUrl": "http://pod", "lastError": "refused"}]
    with pytest.raises(MetricsError, match=r"target http://pod is down \(refused\)"):
        prove(site, Table(app, {"targets": down}), options())


def test_a_target_that_is_about_to_go_is_waited_for(app: App, site: Site) -> None:
    """Right after an update Prometheus still has the old pod, which answers no more."""
    cluster = Table(
        app, {"targets": [{"labels": LABELS, "health": "down", "scrapeUrl": "http://old", "lastError": ""}]}
    )
    clock = Clock()

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        cluster.objects["targets"] = [{"labels": LABELS, "health": "up", "scrapeUrl": "http://new", "lastError": ""}]

    proof.require_target(site, cluster, Patience(5, clock, sleep))


def test_a_pod_that_was_replaced_is_waited_for(app: App, site: Site) -> None:
    """It still gets requests, and would answer /items where another resource is to be proven."""
    leaving = {"metadata": {"name": "crud-api-0", "deletionTimestamp": "2026-01-01T00:00:00Z"}}
    cluster = Table(app, {f"{CORE}/pods?labelSelector=app=crud-api": {"items": [leaving, POD]}})
    clock = Clock()

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        cluster.objects[f"{CORE}/pods?labelSelector=app=crud-api"] = {"items": [POD]}

    proof.wait_for_former_pods(site, cluster, Patience(5, clock, sleep))
    assert clock.now > 0
    proof.wait_for_former_pods(site, cluster, Patience(5, clock, sleep))
    assert site.app_pods(cluster) == [POD]


def test_an_api_of_another_resource_is_seen(app: App, site: Site) -> None:
    site.learned["app"]["resource"] = "notes"
    with pytest.raises(VerifyError, match=r"the API describes /items, /items/\{item_id\}, not /notes"):
        prove(site, Table(app), options())


def test_an_unhealthy_app_is_waited_for_and_reported(app: App, site: Site) -> None:
    app.healthy = False
    with pytest.raises(VerifyError, match="healthz: 503"):
        prove(site, Table(app), options())


def test_a_pending_load_balancer_is_said(app: App, site: Site) -> None:
    service = {"spec": {"type": "LoadBalancer", "selector": {"app": "crud-api"}}, "status": {"loadBalancer": {}}}
    notes = proof.service_notes(site, Table(app, {f"{CORE}/services/crud-api": service}))
    assert "stays <pending>" in notes[0]


def test_a_closed_port_is_a_reply() -> None:
    reply = request("GET", "http://127.0.0.1:9/healthz")
    assert reply.status == 0
    assert "refused" in str(reply)


def test_a_body_that_is_not_json_is_none() -> None:
    assert Reply(200, "<html>").json() is None


def test_a_missing_location_is_seen(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    replies = iter([Reply(401, ""), Reply(201, "{}")])
    monkeypatch.setattr(crud, "request", lambda *_: next(replies))
    with pytest.raises(VerifyError, match="no Location"):
        crud.create_read_update_delete(crud.Api(site.url, "items", KEY), {}, {})


# --- the chain ---


def test_the_chain_ends_at_the_root_and_its_fix() -> None:
    text = describe(Broken("503", "a"), [Broken("container exited", "docker start"), Broken("SSH fails", "b")])
    assert text == "503 ← SSH fails ← container exited\nFix: docker start"


def test_a_whole_lab_has_no_broken_link(app: App, site: Site) -> None:
    assert chain.broken_links(site, Table(app), metrics=True) == []


def pod(**status: Any) -> dict[str, Any]:
    return {"items": [{**POD, "status": {"phase": "Pending", **status}}]}


def waiting(reason: str, image: str = "crud-api:2", **more: Any) -> dict[str, Any]:
    state = {"waiting": {"reason": reason, "message": "why"}}
    return pod(containerStatuses=[{"name": "api", "image": image, "state": state, **more}])


PODS = f"{CORE}/pods?labelSelector=app=crud-api"
EVENTS = f"{CORE}/events?fieldSelector=involvedObject.name=crud-api-1,reason=Unhealthy"


@pytest.mark.parametrize(
    ("objects", "seen"),
    [
        ({PODS: waiting("ImagePullBackOff")}, "crud-api:2, which the node does not have"),
        ({PODS: waiting("ImagePullBackOff", "crud-api:1")}, "crud-api:1, which the node has"),
        (
            {PODS: waiting("CrashLoopBackOff", lastState={"terminated": {"exitCode": 137, "reason": "OOMKilled"}})},
            "CrashLoopBackOff: container api ended with code 137 (OOMKilled)",
        ),
        ({PODS: waiting("CreateContainerConfigError")}, "container api: CreateContainerConfigError: why"),
        (
            {PODS: pod(conditions=[{"type": "PodScheduled", "status": "False", "message": "Insufficient memory"}])},
            "is not scheduled: Insufficient memory",
        ),
        (
            {PODS: pod(phase="Running"), EVENTS: {"items": [{"message": "readyz 503"}]}},
            "crud-api-1 is Running, not ready ← readyz 503",
        ),
        ({PODS: {"items": []}}, "has no pod"),
        ({f"{CORE}/services/crud-api": None}, "no Service crud-api/crud-api"),
        ({"/apis/apps/v1/namespaces/crud-api/deployments/crud-api": None}, "no Deployment"),
        ({"/apis/apps/v1/namespaces/crud-api/deployments/crud-api": {"spec": {"replicas": 0}}}, "scaled to 0"),
        (
            {
                "/apis/apps/v1/namespaces/crud-api/deployments/crud-api": {
                    "spec": {},
                    "status": {"conditions": [{"type": "ReplicaFailure", "status": "True", "message": "quota"}]},
                }
            },
            "can't create pods: quota",
        ),
        ({"/apis/networking.k8s.io/v1/namespaces/crud-api/ingresses": None}, "no Ingress in crud-api leads"),
        (
            {
                "/api/v1/namespaces/kube-system/pods": {
                    "items": [{"metadata": {"name": "skipper-1"}, "status": {"phase": "Pending"}}]
                }
            },
            "Ingress controller's pod skipper-1 is not ready",
        ),
        ({"/api/v1/nodes": {"items": []}}, "the cluster has no node"),
        ({"targets": []}, "no target in crud-api"),
        ({"/api/v1/namespaces/monitoring/pods": None}, "no pod of Prometheus in monitoring"),
        (
            {"/api/v1/namespaces/monitoring/pods": {"items": [{"metadata": {"name": "prometheus-0"}, "status": {}}]}},
            "pod prometheus-0 is not ready",
        ),
    ],
)
def test_each_broken_link_is_found(site: Site, objects: dict[str, Any], seen: str) -> None:
    causes = chain.broken_links(site, Table(objects=objects), metrics=True)
    assert seen in causes[0].seen


REDIS = "/apis/apps/v1/namespaces/crud-api/statefulsets/redis"


@pytest.mark.parametrize(
    ("objects", "seen"),
    [
        ({}, "there is no StatefulSet crud-api/redis"),
        ({REDIS: {}}, "StatefulSet redis has no pod"),
        ({REDIS: {}, f"{CORE}/pods/redis-0": {**POD, "metadata": {"name": "redis-0"}, "status": {}}}, "pod redis-0 is"),
    ],
)
def test_a_store_that_is_away_comes_before_the_pods(site: Site, objects: dict[str, Any], seen: str) -> None:
    site.learned["app"]["store"] = "redis"
    unready = {PODS: pod(phase="Running"), EVENTS: {"items": [{"message": "readyz 503"}]}}
    causes = chain.broken_links(site, Table(objects={**unready, **objects}), metrics=False)
    assert causes[0].seen.startswith(seen)
    assert "readyz 503" in causes[1].seen


def test_a_store_that_is_ready_is_no_cause(site: Site) -> None:
    site.learned["app"]["store"] = "redis"
    assert app_links.store(site, Table(objects={REDIS: {}, f"{CORE}/pods/redis-0": POD})) is None


def test_a_missing_image_of_the_store_has_a_fix_of_its_own(site: Site) -> None:
    state = {"waiting": {"reason": "ErrImagePull"}}
    status = {"containerStatuses": [{"name": "redis", "image": "redis:1", "state": state}]}
    found = app_links.pod_trouble(site, Table(), {"metadata": {"name": "redis-0"}, "status": status})
    assert found.fix == "ansible-playbook site.yml --tags bundle,k3s,app"


def test_a_node_under_pressure_is_found(site: Site) -> None:
    cluster = Table()
    conditions = [{"type": "DiskPressure", "status": "True", "message": "disk is full"}]
    cluster.objects["/api/v1/nodes"]["items"][0]["status"]["conditions"] = conditions
    found = node_links.node_ready(cluster)
    assert found
    assert "DiskPressure=True (disk is full)" in found.seen


def test_no_endpoints_point_to_the_probe(site: Site) -> None:
    path = (
        "/apis/discovery.k8s.io/v1/namespaces/crud-api/endpointslices?labelSelector=kubernetes.io/service-name=crud-api"
    )
    objects = {path: {"items": []}, PODS: pod(phase="Running"), EVENTS: {"items": [{"message": "readyz 503"}]}}
    text = chain.explain(VerifyError("GET /healthz: 503", ""), site, Table(objects=objects))
    assert text.startswith(
        "GET /healthz: 503 ← Service crud-api has 0 endpoints ← pod crud-api-1 is Running, not ready ← readyz 503"
    )


def test_metrics_do_not_explain_a_refused_request(site: Site) -> None:
    text = chain.explain(VerifyError("POST: 500", "look at the app"), site, Table(objects={"targets": []}))
    assert text == "POST: 500\nFix: look at the app"


def test_behind_a_silent_api_nothing_is_guessed(site: Site) -> None:
    cluster = Table()
    cluster.unreachable = "connection refused"
    text = chain.explain(VerifyError("no answer", ""), site, cluster)
    assert text == (
        "no answer ← the Kubernetes API does not answer (connection refused)\nFix: ansible-playbook site.yml --tags k3s"
    )


# --- below Kubernetes ---


def program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("script", "seen"),
    [
        ("echo 'Error: No such object: crud-lab' >&2; exit 1", "there is no container crud-lab"),
        ("echo 'Cannot connect to the Docker daemon' >&2; exit 1", "Docker does not answer"),
        (
            """echo '{"Running": false, "Status": "exited", "ExitCode": 137, "OOMKilled": true}'""",
            "container crud-lab is exited (code 137, out of memory)",
        ),
        ("""echo '{"Running": true, "Paused": true, "Status": "paused"}'""", "container crud-lab is paused"),
    ],
)
def test_a_missing_node_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, seen: str) -> None:
    program(tmp_path / "docker", script)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    found = node_links.container(Site("crud-lab", tmp_path, {"node": {"provider": "docker"}}))
    assert found
    assert seen in found.seen


def test_a_running_node_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "docker", """echo '{"Running": true, "Status": "running"}'""")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert node_links.container(Site("crud-lab", tmp_path, {"node": {"provider": "docker"}})) is None


def test_refused_ssh_and_a_failed_k3s_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(
        tmp_path / "ssh",
        'case "$*" in *is-active*) echo failed; exit 3;; *journalctl*) echo no space left;; *) exit 255;; esac',
    )
    (tmp_path / "ssh_config").touch()
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    site = Site("crud-lab", tmp_path, {})
    found = node_links.ssh(site)
    assert found
    assert "SSH to crud-lab fails" in found.seen
    assert node_links.k3s_state(site) == " ← k3s is failed on the node: no space left"


# --- kubectl ---


def test_kubectl_of_the_bundle_comes_first(tmp_path: Path) -> None:
    assert find_kubectl(tmp_path).endswith("kubectl")
    for system in ("linux", "darwin"):
        for machine in ("amd64", "arm64"):
            program(tmp_path / "tools" / f"{system}-{machine}" / "kubectl", "")
    assert find_kubectl(tmp_path).startswith(str(tmp_path / "tools"))


def test_kubectl_tells_nothing_from_no_answer(tmp_path: Path) -> None:
    program(
        tmp_path / "kubectl",
        """
case "$*" in
  *missing*) echo 'Error from server (NotFound): not found' >&2; exit 1;;
  *lost*) echo 'The connection to the server was refused' >&2; exit 1;;
  *) echo '{"items": [{"args": "'"$*"'"}]}';;
esac""",
    )
    cluster = Cluster(str(tmp_path / "kubectl"), tmp_path / "kubeconfig")
    assert cluster.get("/missing") is None
    assert "get --raw /query?query=a%7B%7D" in cluster.items("/query?query=a%7B%7D")[0]["args"]
    with pytest.raises(UnreachableError, match="refused"):
        cluster.get("/lost")
    with pytest.raises(UnreachableError):
        Cluster(str(tmp_path / "nothing"), tmp_path).get("/")


# --- counters ---


def test_counters_are_read_from_a_metrics_page() -> None:
    page = """# HELP http_requests_total Requests
http_requests_total{method="GET",route="/items/<id>",status="200"} 3.0
http_requests_total{route="/items",status="201",method="POST"} 1e+03
http_requests_total{method="GET",route="/itemsets",status="200"} 9.0
http_requests_total_created{method="GET",route="/items",status="200"} 1.7e+09
"""
    assert counters.from_exposition(page, "items") == {
        ("GET", "/items/<id>", "200"): 3,
        ("POST", "/items", "201"): 1000,
    }


def test_the_metrics_port_is_the_one_named_so() -> None:
    assert metrics.metrics_port(POD) == 9102
    assert metrics.metrics_port({"spec": {"containers": [{"ports": [{"containerPort": 5000}]}]}}) == 5000


def test_missing_prometheus_is_a_broken_link(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Table()
    monkeypatch.setattr(cluster, "raw", lambda *_, **__: None)
    found = prometheus_links.target(site, cluster)
    assert found == Broken(
        "Prometheus' Service is missing or leads to no pod", "ansible-playbook site.yml --tags prometheus"
    )


ALL_PODS = "/api/v1/pods"


def test_a_pod_that_ended_well_is_no_ingress_trouble(site: Site) -> None:
    done = {"items": [{"metadata": {"name": "helm-install-traefik"}, "status": {"phase": "Succeeded"}}]}
    assert app_links.ingress_controller(site, Table(objects={"/api/v1/namespaces/kube-system/pods": done})) is None


def test_an_ingress_controller_that_was_left_out_is_named_with_the_setting(site: Site) -> None:
    """The API is whole; only nothing leads to it from outside."""
    site.learned["k3s"] = {"disabled": ["metrics-server", "traefik"]}
    text = chain.explain(VerifyError("no answer", ""), site, Table(objects={ALL_PODS: {"items": []}}))
    assert text == (
        "no answer ← the cluster has no Ingress controller, because k3s_disable (or k3s_config) leaves traefik out\n"
        'Fix: ansible-playbook site.yml --tags k3s -e \'{"k3s_disable": ["metrics-server"]}\', '
        "or install an Ingress controller of your own"
    )


def test_an_ingress_controller_that_is_gone_is_brought_back_by_its_stage(site: Site) -> None:
    left = {"items": [{"metadata": {"name": "skipper"}}]}
    objects = {ALL_PODS: {"items": []}, "/apis/networking.k8s.io/v1/ingressclasses": left}
    found = app_links.ingress_controller(site, Table(objects=objects))
    assert found == Broken("the cluster has no Ingress controller", "ansible-playbook site.yml --tags k3s")


def test_an_ingress_controller_of_ones_own_is_known_by_its_class(site: Site) -> None:
    classes = {"items": [{"metadata": {"name": "nginx"}}]}
    objects = {ALL_PODS: {"items": []}, "/apis/networking.k8s.io/v1/ingressclasses": classes}
    assert app_links.ingress_controller(site, Table(objects=objects)) is None


# --- the access card ---


def test_the_card_survives_spaces_and_names_this_lab() -> None:
    site = Site("e2e", Path("/my labs/.lab/e2e"), {"app": {"url": "http://127.0.0.1:8105/", "resource": "items"}})
    tools = Tools("/my bundle/kubectl", Path("/my labs/.lab/e2e/kubeconfig"), Path("/my labs"))
    card = access_card(site, tools, {"name": "it's"})
    assert "curl -H '@/my labs/.lab/e2e/x-key.header' -H 'Content-Type: application/json' -d " in card
    assert """'{"name": "it'"'"'s"}' http://127.0.0.1:8105/items""" in card
    assert "'/my bundle/kubectl' --kubeconfig '/my labs/.lab/e2e/kubeconfig' " in card
    assert " --cache-dir '/my labs/.lab/e2e/kube-cache' get pods --namespace crud-api" in card
    assert "LAB_NAME=e2e source ./activate" in card
    assert KEY not in card
