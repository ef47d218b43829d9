import re
from pathlib import Path

import pytest
from labkube import config, manifests, paths
from labkube.manifests import Manifests

PACKAGED = {"coredns.yaml": "kind: A\n", "ingress.yaml": "kind: B\n"}
ADDONS = sorted((Path(__file__).parent.parent / "addons").glob("*.yaml"))


def test_placeholders_are_filled_in():
    values = manifests.placeholders(
        config.read("service-cidr: 10.53.0.0/16\n"), {"metrics-server": "localhost/m:1"}, resolver=True
    )
    text = manifests.render("%{IMAGE_METRICS_SERVER}% %{CLUSTER_DNS}%", values)
    assert text == "localhost/m:1 10.53.0.10"


@pytest.mark.parametrize(("resolver", "lines"), [(True, ["forward . /etc/resolv.conf"]), (False, [])])
def test_coredns_asks_others_only_where_there_is_somebody_to_ask(resolver: bool, lines: list[str]):
    """Without a name server in /etc/resolv.conf its plugin forward would keep CoreDNS from starting."""
    values = manifests.placeholders(config.read(""), {"coredns": "localhost/coredns:1"}, resolver=resolver)
    text = manifests.render(next(path for path in ADDONS if path.name == "coredns.yaml").read_text(), values)
    assert re.findall(r"^ {8}(forward .*)$", text, re.MULTILINE) == lines


def test_an_unknown_placeholder_is_an_error():
    with pytest.raises(KeyError):
        manifests.render("%{IMAGE_NONE}%", {})


def test_each_addon_can_be_disabled():
    assert {path.name for path in ADDONS} == {name for name in config.ADDONS.values() if name}


@pytest.mark.parametrize("path", ADDONS, ids=lambda path: path.name)
def test_addons_are_hardened(path: Path):
    """Each container, the helper pod's too, has what a scan of the lab would ask for."""
    text = path.read_text()
    containers = len(re.findall(r"^ +image: ", text, re.MULTILINE))
    assert containers
    for demand in (
        "imagePullPolicy: IfNotPresent",
        "allowPrivilegeEscalation: false",
        "readOnlyRootFilesystem: true",
        "drop: [ALL]",
        "type: RuntimeDefault",
        "requests:",
        "limits:",
    ):
        assert text.count(demand) == containers, demand


class Cluster:
    """Stands in for the supervisor, and for the cluster that kubectl talks to."""

    def __init__(self):
        self.calls: list[list[str]] = []
        self.refused: set[str] = set()

    def run(self, argv: list[str]):
        files = [Path(word.removeprefix("--filename=")).name for word in argv if word.endswith(".yaml")]
        self.calls.append([argv[2], *files])
        return (1, "refused") if self.refused.intersection(files) else (0, "")

    def start(self) -> Manifests:
        self.calls.clear()
        return Manifests(self, Path("kubectl"), Path("kubeconfig"))


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    monkeypatch.setattr(paths, "MANIFESTS", tmp_path / "manifests")
    return Cluster()


def test_all_is_applied_at_a_start_and_then_what_changes(cluster: Cluster):
    started = cluster.start()
    started.package(PACKAGED, ())
    started.sync()
    started.sync()
    assert cluster.calls == [["apply", "coredns.yaml", "ingress.yaml"]]

    (paths.MANIFESTS / "mine.yaml").write_text("kind: C\n")
    started.sync()
    assert cluster.calls[1:] == [["apply", "mine.yaml"]]

    again = cluster.start()
    again.package(PACKAGED, ())
    again.sync()
    assert cluster.calls == [["apply", "coredns.yaml", "ingress.yaml", "mine.yaml"]]


def test_one_refused_file_does_not_hold_up_the_others(cluster: Cluster):
    cluster.refused = {"coredns.yaml"}
    started = cluster.start()
    started.package(PACKAGED, ())
    started.sync()
    assert cluster.calls[1:] == [["apply", "coredns.yaml"], ["apply", "ingress.yaml"]]
    cluster.refused.clear()
    started.sync()
    assert cluster.calls[3:] == [["apply", "coredns.yaml"]]


def test_a_disabled_addon_goes_once_and_comes_back(cluster: Cluster):
    for disabled in ((), ("traefik", "servicelb"), ("traefik",), ()):
        started = Manifests(cluster, Path("kubectl"), Path("kubeconfig"))
        started.package(PACKAGED, disabled)
        started.sync()
    assert cluster.calls == [
        ["apply", "coredns.yaml", "ingress.yaml"],
        ["delete", "ingress.yaml"],
        ["apply", "coredns.yaml"],
        ["apply", "coredns.yaml"],
        ["apply", "coredns.yaml", "ingress.yaml"],
    ]
