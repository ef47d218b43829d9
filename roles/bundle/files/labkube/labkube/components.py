"""Each program that a node runs: its arguments and configuration file. Nothing here has an effect."""

from dataclasses import dataclass
from typing import Any

from labkube import credentials, paths
from labkube.config import Config
from labkube.node import Node
from labkube.pki import CLIENT_CA, REQUEST_HEADER_CA, SERVER_CA, TOKEN_KEY


@dataclass(frozen=True)
class Component:
    """A long-running program."""

    name: str
    argv: list[str]


def _component(name: str, arguments: dict[str, str], own: dict[str, str] | None = None) -> Component:
    """The user's `own` arguments replace ours of the same name, as in k3s."""
    flags = [f"--{key}={value}" for key, value in {**arguments, **(own or {})}.items()]
    return Component(name, [str(paths.BIN / name), *flags])


def _certificate(name: str) -> str:
    return str(paths.TLS / f"{name}.crt")


def _key(name: str) -> str:
    return str(paths.TLS / f"{name}.key")


def kine() -> Component:
    """The API server's store: SQLite, behind etcd's interface."""
    return _component(
        "kine",
        {
            "endpoint": (
                f"sqlite://{paths.DATABASE}?_journal_mode=WAL&_synchronous=NORMAL&_busy_timeout=30000"
                "&_txlock=immediate&_stmt_cache_size=20&cache=shared"
            ),
            "listen-address": f"unix://{paths.KINE_SOCKET}",
        },
    )


def containerd() -> Component:
    """The container runtime."""
    return _component("containerd", {"config": str(paths.CONTAINERD_CONFIG)})


def kube_apiserver(config: Config, node: Node) -> Component:
    """The Kubernetes API."""
    return _component(
        "kube-apiserver",
        {
            "advertise-address": node.address,
            "allow-privileged": "true",
            "anonymous-auth": "false",
            "authorization-mode": "Node,RBAC",
            "client-ca-file": _certificate(CLIENT_CA),
            "enable-admission-plugins": "NodeRestriction",
            "enable-aggregator-routing": "true",
            "etcd-servers": f"unix://{paths.KINE_SOCKET}",
            "kubelet-certificate-authority": _certificate(SERVER_CA),
            "kubelet-client-certificate": _certificate(credentials.API_SERVER_TO_KUBELET),
            "kubelet-client-key": _key(credentials.API_SERVER_TO_KUBELET),
            # By name, `kubectl logs` would need DNS to know the node.
            "kubelet-preferred-address-types": "InternalIP",
            "profiling": "false",
            "proxy-client-cert-file": _certificate(credentials.AGGREGATOR),
            "proxy-client-key-file": _key(credentials.AGGREGATOR),
            "requestheader-allowed-names": "system:auth-proxy",
            "requestheader-client-ca-file": _certificate(REQUEST_HEADER_CA),
            "requestheader-extra-headers-prefix": "X-Remote-Extra-",
            "requestheader-group-headers": "X-Remote-Group",
            "requestheader-username-headers": "X-Remote-User",
            "secure-port": str(config.https_listen_port),
            "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
            "service-account-key-file": str(paths.TLS / TOKEN_KEY),
            "service-account-signing-key-file": str(paths.TLS / TOKEN_KEY),
            "service-cluster-ip-range": str(config.service_cidr),
            "tls-cert-file": _certificate(credentials.API_SERVER),
            "tls-private-key-file": _key(credentials.API_SERVER),
        },
        config.kube_apiserver_arg,
    )


def kube_controller_manager(config: Config) -> Component:
    """The controllers; they serve nothing, as nothing asks them."""
    return _component(
        "kube-controller-manager",
        {
            "allocate-node-cidrs": "true",
            "cluster-cidr": str(config.cluster_cidr),
            "cluster-signing-cert-file": _certificate(CLIENT_CA),
            "cluster-signing-key-file": _key(CLIENT_CA),
            "kubeconfig": str(credentials.kubeconfig_of("kube-controller-manager")),
            "leader-elect": "false",
            "profiling": "false",
            "root-ca-file": _certificate(SERVER_CA),
            "secure-port": "0",
            "service-account-private-key-file": str(paths.TLS / TOKEN_KEY),
            "service-cluster-ip-range": str(config.service_cidr),
            "use-service-account-credentials": "true",
        },
        config.kube_controller_manager_arg,
    )


def kube_scheduler(config: Config) -> Component:
    """The scheduler."""
    return _component(
        "kube-scheduler",
        {
            "kubeconfig": str(credentials.kubeconfig_of("kube-scheduler")),
            "leader-elect": "false",
            "profiling": "false",
            "secure-port": "0",
        },
        config.kube_scheduler_arg,
    )


def kubelet(config: Config, node: Node) -> Component:
    """The node agent."""
    return _component(
        "kubelet",
        {
            # As k3s does: cAdvisor asks containerd for pods' network traffic, and by itself looks for it elsewhere.
            "containerd": str(paths.CONTAINERD_SOCKET),
            "config": str(paths.KUBELET_CONFIG),
            "hostname-override": config.node_name,
            "kubeconfig": str(credentials.kubeconfig_of("kubelet")),
            "node-ip": node.address,
        },
        config.kubelet_arg,
    )


def kube_proxy(config: Config, node: Node) -> Component:
    """Services' addresses. What is zero here would be a setting of the whole kernel, not of this node's network."""
    return _component(
        "kube-proxy",
        {
            "cluster-cidr": str(config.cluster_cidr),
            "conntrack-max-per-core": "0",
            "conntrack-tcp-timeout-close-wait": "0s",
            "conntrack-tcp-timeout-established": "0s",
            "hostname-override": config.node_name,
            "kubeconfig": str(credentials.kubeconfig_of("kube-proxy")),
            "oom-score-adj": "0",
            "proxy-mode": "iptables",
        },
        config.kube_proxy_arg,
    )


def kubelet_config(config: Config, node: Node) -> dict[str, Any]:
    """The kubelet's configuration file."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": _certificate(CLIENT_CA)},
        },
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "systemd" if node.systemd_cgroups else "cgroupfs",
        "clusterDNS": [config.dns_service_ip],
        "clusterDomain": "cluster.local",
        "containerRuntimeEndpoint": f"unix://{paths.CONTAINERD_SOCKET}",
        # Shares of the whole disk would be gigabytes on a laptop; the lab needs only room to write.
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "500Mi", "imagefs.available": "500Mi"},
        "failCgroupV1": not node.cgroup_v1,
        "failSwapOn": False,
        # Images can't be fetched again here, so none is thrown away to make room.
        "imageGCHighThresholdPercent": 100,
        "oomScoreAdj": 0,
        # In a container the kernel is the host's: refuse to start rather than change its settings.
        "protectKernelDefaults": node.in_container,
        "resolvConf": str(paths.RESOLV_CONF),
        "staticPodPath": str(paths.STATIC_PODS),
        "tlsCertFile": _certificate(credentials.KUBELET_SERVING),
        "tlsPrivateKeyFile": _key(credentials.KUBELET_SERVING),
    }


def containerd_config(node: Node, pause_image: str) -> str:
    """containerd's configuration file."""
    return f"""version = 3
root = "{paths.CONTAINERD_ROOT}"
state = "{paths.CONTAINERD_STATE}"

[grpc]
  address = "{paths.CONTAINERD_SOCKET}"

[plugins."io.containerd.cri.v1.runtime"]
  # Without CAP_SYS_RESOURCE no process may be made safer from the out-of-memory killer than its parent.
  restrict_oom_score_adj = true

[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["{paths.BIN}"]
  conf_dir = "{paths.CNI_CONFIG.parent}"

[plugins."io.containerd.cri.v1.runtime".containerd]
  default_runtime_name = "runc"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
  # By path: on PATH may be the shim of Docker's containerd, which is another version and does not speak to this one.
  runtime_path = "{paths.BIN}/containerd-shim-runc-v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
  BinaryName = "{paths.BIN}/runc"
  SystemdCgroup = {"true" if node.systemd_cgroups else "false"}

[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "{pause_image}"
"""


def cni_config(config: Config) -> dict[str, Any]:
    """The pods' network. Point to point, because a bridge needs a kernel module (br_netfilter) for Services to work
    between its pods, and a container can't load one.
    """
    subnet = next(config.cluster_cidr.subnets(new_prefix=24))
    return {
        "cniVersion": "1.0.0",
        "name": "labkube",
        "plugins": [
            {
                "type": "ptp",
                "ipam": {
                    "type": "host-local",
                    "ranges": [[{"subnet": str(subnet)}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                },
            },
            {"type": "portmap", "capabilities": {"portMappings": True}},
        ],
    }
