import pytest
from labkube import config
from labkube.config import ConfigError


def test_nothing_given_means_the_defaults():
    settings = config.read("")
    assert settings.write_kubeconfig_mode == 0o600
    assert settings.api_service_ip == "10.43.0.1"
    assert settings.dns_service_ip == "10.43.0.10"


def test_every_documented_key_is_read():
    settings = config.read(
        """---
        """.strip()
        + """
# comment
node-name: Lab-One
node-ip: "192.0.2.7"
cluster-cidr: 10.52.0.0/16  # pods
service-cidr: 10.53.0.0/16
https-listen-port: 7443
write-kubeconfig-mode: "0644"
tls-san: [127.0.0.1, 'lab.example']
disable:
  - traefik
  - metrics-server,servicelb
kubelet-arg:
- max-pods=20
- --v=2
kube-apiserver-arg: profiling
"""
    )
    assert settings.node_name == "lab-one"
    assert settings.node_ip == "192.0.2.7"
    assert str(settings.cluster_cidr) == "10.52.0.0/16"
    assert settings.dns_service_ip == "10.53.0.10"
    assert settings.https_listen_port == 7443
    assert settings.write_kubeconfig_mode == 0o644
    assert settings.tls_san == ("127.0.0.1", "lab.example")
    assert settings.disable == ("traefik", "metrics-server", "servicelb")
    assert settings.kubelet_arg == {"max-pods": "20", "v": "2"}
    assert settings.kube_apiserver_arg == {"profiling": "true"}


def test_an_unknown_key_is_refused_by_name_with_the_known_ones():
    with pytest.raises(ConfigError, match=r"does not know the key flannel-backend; it knows .*tls-san"):
        config.read("flannel-backend: none\n")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("node-ip: here", "node-ip: 'here' is not an IPv4 address"),
        ("node-name: -x", "node-name: '-x' is not a host name"),
        ("cluster-cidr: 10.42.0.0/28", "cluster-cidr: 10.42.0.0/28 is too small"),
        ("cluster-cidr: 10.43.0.0/16", "overlap"),
        ("https-listen-port: 70000", "https-listen-port: '70000' is not a port"),
        ("write-kubeconfig-mode: rw", "write-kubeconfig-mode: 'rw' is not a file mode"),
        ("disable: [helm]", "disable: helm: not packaged; known are coredns"),
        ("tls-san: a b", "tls-san: 'a b' is neither an address nor a host name"),
        # A second extension could be smuggled into a certificate by a line break.
        ('tls-san: ["a\\nb"]', "only plain or quoted values"),
        ("kubelet-arg: [=1]", "kubelet-arg: '=1' is not of the form name=value"),
        ("node-name: [a, b]", "node-name: expected one value, not a list"),
    ],
)
def test_a_bad_value_is_refused_with_its_key(text: str, complaint: str):
    with pytest.raises(ConfigError, match=complaint.replace("(", r"\(")):
        config.read(text)


def test_drop_in_files_are_refused_not_ignored(tmp_path):
    drop_ins = tmp_path / "config.yaml.d"
    drop_ins.mkdir()
    (drop_ins / "more.yaml").write_text("tls-san: a\n")
    with pytest.raises(ConfigError, match=r"more\.yaml: labkube reads"):
        config.load(tmp_path / "config.yaml", drop_ins)


def test_an_error_names_the_file(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("token: x\n")
    with pytest.raises(ConfigError, match=r"config\.yaml: labkube does not know the key token"):
        config.load(path, tmp_path / "none")
