"""Who may do what here: the certificates of this node's components and the kubeconfigs made of them."""

import base64
from pathlib import Path

from labkube import paths
from labkube.config import Config
from labkube.files import PRIVATE, write
from labkube.pki import CLIENT_CA, REQUEST_HEADER_CA, SERVER_CA, Certificate

ADMIN = "client-admin"
API_SERVER = "serving-kube-apiserver"
API_SERVER_TO_KUBELET = "client-kube-apiserver"
AGGREGATOR = "client-auth-proxy"
KUBELET_SERVING = "serving-kubelet"
# Component -> its client certificate's subject.
CLIENTS = {
    "kube-controller-manager": ("system:kube-controller-manager", ""),
    "kube-scheduler": ("system:kube-scheduler", ""),
    "kube-proxy": ("system:kube-proxy", ""),
}


def _san(name: str) -> str:
    return f"IP:{name}" if name.replace(".", "").isdigit() or ":" in name else f"DNS:{name}"


def _sans(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_san(name) for name in names))


def certificates(config: Config, address: str) -> list[Certificate]:
    """Every certificate that a node of this configuration and address needs."""
    service_names = (
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    )
    local = ("localhost", "127.0.0.1", config.node_name, address)
    return [
        Certificate(
            API_SERVER,
            SERVER_CA,
            "kube-apiserver",
            names=_sans(*service_names, config.api_service_ip, *local, *config.tls_san),
        ),
        Certificate(KUBELET_SERVING, SERVER_CA, config.node_name, names=_sans(*local)),
        Certificate(ADMIN, CLIENT_CA, "system:admin", "system:masters"),
        Certificate(API_SERVER_TO_KUBELET, CLIENT_CA, "system:apiserver", "system:masters"),
        Certificate(AGGREGATOR, REQUEST_HEADER_CA, "system:auth-proxy"),
        Certificate("client-kubelet", CLIENT_CA, f"system:node:{config.node_name}", "system:nodes"),
        *(Certificate(f"client-{name}", CLIENT_CA, *subject) for name, subject in CLIENTS.items()),
    ]


def kubeconfig(server: str, authority: bytes, certificate: bytes, key: bytes) -> str:
    """A kubeconfig in the words of k3s' own, with everything inside it."""

    def encoded(content: bytes) -> str:
        return base64.b64encode(content).decode()

    return f"""apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: {encoded(authority)}
    server: {server}
  name: default
contexts:
- context:
    cluster: default
    user: default
  name: default
current-context: default
kind: Config
users:
- name: default
  user:
    client-certificate-data: {encoded(certificate)}
    client-key-data: {encoded(key)}
"""


def kubeconfig_of(component: str) -> Path:
    """Where the kubeconfig of `component` is."""
    return paths.CREDENTIALS / f"{component}.kubeconfig"


def write_kubeconfigs(config: Config) -> None:
    """Give the administrator and each component a kubeconfig with its current certificate."""
    server = f"https://127.0.0.1:{config.https_listen_port}"
    authority = (paths.TLS / f"{SERVER_CA}.crt").read_bytes()

    def text(certificate: str) -> str:
        return kubeconfig(
            server,
            authority,
            (paths.TLS / f"{certificate}.crt").read_bytes(),
            (paths.TLS / f"{certificate}.key").read_bytes(),
        )

    for component in (*CLIENTS, "kubelet"):
        write(kubeconfig_of(component), text(f"client-{component}"), PRIVATE)
    paths.CREDENTIALS.chmod(0o700)
    write(kubeconfig_of("admin"), text(ADMIN), PRIVATE)
    write(paths.KUBECONFIG, text(ADMIN), config.write_kubeconfig_mode)
