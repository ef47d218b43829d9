import pytest
from labkube import components, config, paths
from labkube.node import Node

CONTAINER = Node(address="172.17.0.2", cgroup_v1=True, in_container=True, systemd=True)


def test_the_users_argument_replaces_ours():
    settings = config.read("kube-apiserver-arg: [profiling=true, v=4]\n")
    argv = components.kube_apiserver(settings, CONTAINER).argv
    assert "--profiling=true" in argv
    assert "--profiling=false" not in argv
    assert "--v=4" in argv


def test_settings_reach_the_components():
    settings = config.read("node-name: lab\nhttps-listen-port: 7443\nservice-cidr: 10.53.0.0/16\n")
    assert "--secure-port=7443" in components.kube_apiserver(settings, CONTAINER).argv
    assert "--service-cluster-ip-range=10.53.0.0/16" in components.kube_apiserver(settings, CONTAINER).argv
    assert "--hostname-override=lab" in components.kubelet(settings, CONTAINER).argv
    assert components.kubelet_config(settings, CONTAINER)["clusterDNS"] == ["10.53.0.10"]
    assert "--hostname-override=lab" in components.kube_proxy(settings, CONTAINER).argv


def test_nothing_in_a_container_may_change_the_hosts_kernel():
    """The kubelet once set the host's kernel.panic; kube-proxy would set nf_conntrack_max."""
    settings = config.read("")
    assert components.kubelet_config(settings, CONTAINER)["protectKernelDefaults"] is True
    argv = components.kube_proxy(settings, CONTAINER).argv
    assert {"--conntrack-max-per-core=0", "--conntrack-tcp-timeout-established=0s"} <= set(argv)


def test_cgroup_v1_is_tolerated_only_where_it_is():
    settings = config.read("")
    on_v2 = Node(address="172.17.0.2", cgroup_v1=False, in_container=True, systemd=True)
    assert components.kubelet_config(settings, CONTAINER)["failCgroupV1"] is False
    assert components.kubelet_config(settings, on_v2)["failCgroupV1"] is True


@pytest.mark.parametrize(
    ("cgroup_v1", "systemd", "driver"), [(True, True, "cgroupfs"), (False, True, "systemd"), (False, False, "cgroupfs")]
)
def test_kubelet_and_containerd_agree_on_the_cgroup_driver(cgroup_v1: bool, systemd: bool, driver: str):
    node = Node(address="172.17.0.2", cgroup_v1=cgroup_v1, in_container=True, systemd=systemd)
    assert components.kubelet_config(config.read(""), node)["cgroupDriver"] == driver
    assert ("SystemdCgroup = true" in components.containerd_config(node, "pause")) == (driver == "systemd")


def test_pods_network_traffic_can_be_counted():
    """cAdvisor found no containerd, so it counted the traffic of the node alone."""
    assert f"--containerd={paths.CONTAINERD_SOCKET}" in components.kubelet(config.read(""), CONTAINER).argv


def test_pods_get_addresses_of_the_clusters_network():
    plugin = components.cni_config(config.read("cluster-cidr: 10.52.0.0/16\n"))["plugins"][0]
    assert plugin["ipam"]["ranges"] == [[{"subnet": "10.52.0.0/24"}]]
