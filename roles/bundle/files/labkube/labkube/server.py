"""`k3s server`: the order in which a node comes up, and goes down."""

import time

from labkube import components, config, credentials, manifests, node, paths, pki
from labkube.api import Api
from labkube.files import write, write_json
from labkube.images import Importer
from labkube.notify import log, notify, status
from labkube.payload import Payload
from labkube.supervise import DiedError, Stopped, Supervisor

_SYNC_SECONDS = 5

# Who asks the API stops before the API, and the API before its store.
_STOP_ORDER = (
    ("kubelet", "kube-proxy", "kube-scheduler", "kube-controller-manager"),
    ("kube-apiserver",),
    ("kine", "containerd"),
)


def run() -> int:
    """Bring the node up and keep it until told to stop; the exit code."""
    try:
        node.check_root()
        settings = config.load(paths.CONFIG, paths.CONFIG_DROP_INS)
        machine = node.find(settings)
    except (config.ConfigError, node.NodeError) as error:
        log(str(error))
        return 1
    supervisor = Supervisor()
    try:
        _serve(supervisor, settings, machine)
    except Stopped:
        # systemd ends a start that takes longer than the unit allows.
        waiting = f": the start was ended while it waited for {supervisor.awaited}" if supervisor.awaited else ""
        log(f"stopping{waiting or '; pods keep running'}")
        notify("STOPPING=1")
        return 0
    except (DiedError, node.NodeError, OSError, RuntimeError) as error:
        log(f"stopping: {error}")
        return 1
    finally:
        supervisor.stop(*_STOP_ORDER)
    return 0


def _serve(supervisor: Supervisor, settings: config.Config, machine: node.Node) -> None:
    start = time.monotonic()

    def report(message: str) -> None:
        status(f"{message} ({time.monotonic() - start:.1f} s after the start)")

    payload = Payload.open()
    programs = payload.activate()
    resolver = _prepare(settings, machine, payload)
    supervisor.start(components.kine(), components.containerd())
    pki.ensure(paths.TLS, credentials.certificates(settings, machine.address))
    credentials.write_kubeconfigs(settings)
    supervisor.wait_until("kine", paths.KINE_SOCKET.exists)
    supervisor.start(components.kube_apiserver(settings, machine))

    supervisor.wait_until("containerd", paths.CONTAINERD_SOCKET.exists)
    importer = Importer(programs / "ctr", ["pause", "coredns", *payload.images])
    importer.start()
    node.prepare_network(settings)

    api = Api(settings.https_listen_port)
    supervisor.wait_until("the API server", api.ready)
    report("API ready")
    supervisor.start(components.kube_controller_manager(settings), components.kube_scheduler(settings))

    # Not before: a pod whose image is not there yet waits ten seconds for its second chance.
    supervisor.wait_until("import of the add-ons' images", importer.first_done)
    if importer.error:
        raise RuntimeError(importer.error)
    kubelet_start = time.time()
    supervisor.start(components.kubelet(settings, machine), components.kube_proxy(settings, machine))
    addons = _apply(supervisor, settings, payload, resolver=resolver)
    supervisor.wait_until("the node", lambda: api.node_ready(settings.node_name, kubelet_start))
    report(f"node {settings.node_name} ready")
    supervisor.wait_until("import of the images", importer.done)
    report("images imported")
    notify("READY=1")

    while True:
        supervisor.sleep(_SYNC_SECONDS)
        addons.sync()


def _prepare(settings: config.Config, machine: node.Node, payload: Payload) -> bool:
    """Have the directories and settings that the components expect; whether there is a name server for pods."""
    # Everything the cluster knows is in there, Secrets and keys included.
    paths.SERVER.mkdir(mode=0o700, parents=True, exist_ok=True)
    for directory in (paths.DATABASE.parent, paths.MANIFESTS, paths.STATIC_PODS, paths.CONTAINERD_STATE):
        directory.mkdir(parents=True, exist_ok=True)
    write(paths.CONTAINERD_CONFIG, components.containerd_config(machine, payload.images["pause"]))
    write_json(paths.CNI_CONFIG, components.cni_config(settings))
    write_json(paths.KUBELET_CONFIG, components.kubelet_config(settings, machine))
    resolver = node.write_resolv_conf(paths.RESOLV_CONF)
    if not resolver:
        files = " or ".join(map(str, node.RESOLV_CONFS))
        log(f"no name server in {files} that pods can reach: names outside the cluster are answered with SERVFAIL")
    # Their appearance says that kine and containerd serve; a crash may have left them.
    paths.KINE_SOCKET.unlink(missing_ok=True)
    paths.CONTAINERD_SOCKET.unlink(missing_ok=True)
    return resolver


def _apply(supervisor: Supervisor, settings: config.Config, payload: Payload, *, resolver: bool) -> manifests.Manifests:
    """Write the packaged add-ons beside the user's manifests, and apply all of them."""
    addons = manifests.Manifests(supervisor, paths.BIN / "kubectl", credentials.kubeconfig_of("admin"))
    placeholders = manifests.placeholders(settings, payload.images, resolver=resolver)
    packaged = {name: manifests.render(text, placeholders) for name, text in payload.addons().items()}
    addons.package(packaged, settings.disable)
    addons.sync()
    return addons
