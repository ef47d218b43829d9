"""Where labkube keeps things: k3s' own places, so that documentation and habits fit."""

from pathlib import Path

CONFIG = Path("/etc/rancher/k3s/config.yaml")
CONFIG_DROP_INS = Path("/etc/rancher/k3s/config.yaml.d")
KUBECONFIG = Path("/etc/rancher/k3s/k3s.yaml")

ROOT = Path("/var/lib/rancher/k3s")
DATA = ROOT / "data"
# Follows upgrades, so that pods started by an earlier version still find runc and the CNI plugins.
BIN = DATA / "current" / "bin"

SERVER = ROOT / "server"
TLS = SERVER / "tls"
CREDENTIALS = SERVER / "cred"
DATABASE = SERVER / "db" / "state.db"
MANIFESTS = SERVER / "manifests"

AGENT = ROOT / "agent"
ETC = AGENT / "etc"
CNI_CONFIG = ETC / "cni" / "net.d" / "10-labkube.conflist"
CONTAINERD_CONFIG = ETC / "containerd" / "config.toml"
KUBELET_CONFIG = ETC / "kubelet.json"
RESOLV_CONF = ETC / "resolv.conf"
STATIC_PODS = AGENT / "pod-manifests"
IMAGES = AGENT / "images"
CONTAINERD_ROOT = AGENT / "containerd"
# Beside the image store: a new store has nothing imported yet.
IMPORTED = CONTAINERD_ROOT / "imported.json"

RUN = Path("/run/k3s")
CONTAINERD_STATE = RUN / "containerd"
CONTAINERD_SOCKET = CONTAINERD_STATE / "containerd.sock"
KINE_SOCKET = RUN / "kine.sock"
