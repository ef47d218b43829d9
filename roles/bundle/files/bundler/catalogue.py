"""Every artefact of the source `packages`, in the order in which it is made."""

from .debian import TreeImage, debs_recipe, rootfs_recipe, tree_image_recipe
from .golang import Program, Upstream, image_recipe, programs_recipe, tool_recipe
from .labkube import labkube_recipe, pause_recipe
from .pages import pages_recipe
from .recipe import Recipe
from .wheels import wheels_recipe

KUBERNETES = Upstream("k8s.io/kubernetes")
KUBERNETES_STAMPS = tuple(
    f"{package}.{assignment}"
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    for assignment in ("gitVersion={release}", "gitMajor={major}", "gitMinor={minor}")
)
PROMETHEUS = Upstream("github.com/prometheus/prometheus")
# Every other way to discover targets would bring a cloud provider's whole client.
PROMETHEUS_TAGS = "remove_all_sd,enable_kubernetes_sd"
PROMETHEUS_STAMPS = ("github.com/prometheus/common/version.Version={release}",)
CNI = "github.com/containernetworking/plugins"

PROGRAMS = (
    programs_recipe("hyperkube", 470, KUBERNETES, (Program("hyperkube", "./cmd/hyperkube", stamps=KUBERNETES_STAMPS),)),
    programs_recipe(
        "kine",
        70,
        Upstream("github.com/k3s-io/kine"),
        (
            Program(
                "kine",
                "./cmd/kine",
                tags="sqlite_omit_load_extension",
                cgo=True,
            ),
        ),
    ),
    programs_recipe(
        "containerd",
        60,
        Upstream("github.com/containerd/containerd/v2"),
        tuple(
            Program(
                name,
                f"github.com/containerd/containerd/v2/cmd/{name}",
                tags="no_devmapper,no_zfs,no_tracing,no_rdt",
                stamps=("github.com/containerd/containerd/v2/version.Version={release}",),
            )
            for name in ("containerd", "containerd-shim-runc-v2", "ctr")
        ),
    ),
    programs_recipe(
        "runc",
        10,
        Upstream("github.com/opencontainers/runc"),
        (Program("runc", "github.com/opencontainers/runc", tags="seccomp,runc_nocriu,urfave_cli_no_docs", cgo=True),),
    ),
    programs_recipe(
        "cni",
        5,
        Upstream(CNI),
        tuple(
            Program(
                path.rpartition("/")[2],
                f"{CNI}/plugins/{path}",
                stamps=(f"{CNI}/pkg/utils/buildversion.BuildVersion={{release}}",),
            )
            for path in ("main/loopback", "main/ptp", "ipam/host-local", "meta/portmap")
        ),
    ),
)


def recipes() -> dict[str, Recipe]:
    """Return all recipes by name."""
    rootfs = rootfs_recipe()
    pages = pages_recipe(PROMETHEUS)
    images = (
        pause_recipe(),
        image_recipe("coredns", 17, Upstream("github.com/coredns/coredns"), Program("coredns", "./cmd/coredns")),
        image_recipe(
            "metrics-server",
            10,
            Upstream("sigs.k8s.io/metrics-server"),
            Program(
                "metrics-server",
                "sigs.k8s.io/metrics-server/cmd/metrics-server",
                stamps=("k8s.io/client-go/pkg/version.gitVersion={release}",),
            ),
        ),
        image_recipe(
            "local-path-provisioner",
            6,
            Upstream("github.com/rancher/local-path-provisioner"),
            Program(
                "local-path-provisioner",
                "github.com/rancher/local-path-provisioner",
                stamps=("main.VERSION={release}",),
            ),
        ),
        image_recipe(
            "skipper",
            60,
            Upstream("github.com/zalando/skipper"),
            Program("skipper", "./cmd/skipper"),
        ),
        image_recipe(
            "kube-state-metrics",
            15,
            Upstream("k8s.io/kube-state-metrics/v2"),
            Program("kube-state-metrics", "k8s.io/kube-state-metrics/v2", stamps=PROMETHEUS_STAMPS),
        ),
        image_recipe(
            "prometheus-adapter",
            15,
            Upstream("sigs.k8s.io/prometheus-adapter"),
            Program("prometheus-adapter", "./cmd/prometheus-adapter"),
        ),
        image_recipe(
            "prometheus",
            110,
            PROMETHEUS,
            Program(
                "prometheus",
                "github.com/prometheus/prometheus/cmd/prometheus",
                tags=PROMETHEUS_TAGS,
                stamps=PROMETHEUS_STAMPS,
            ),
            beside=pages,
        ),
        tree_image_recipe(TreeImage("local-path-helper", "trixie", "busybox-static", 3, ("/usr/bin/busybox",), 6)),
        tree_image_recipe(TreeImage("redis", "trixie", "redis-server", 3, ("/usr/bin/redis-server",), 12)),
        tree_image_recipe(TreeImage("python", "trixie", "python3.13", 2, ("/usr/bin/python3.13",), 11)),
    )
    by_name = {image.name: image for image in images}
    tools = (
        tool_recipe(
            "kubectl",
            3,
            KUBERNETES,
            Program("kubectl", "k8s.io/kubernetes/cmd/kubectl", stamps=KUBERNETES_STAMPS),
        ),
        tool_recipe(
            "promtool",
            7,
            PROMETHEUS,
            Program(
                "promtool",
                "github.com/prometheus/prometheus/cmd/promtool",
                tags=PROMETHEUS_TAGS,
                stamps=PROMETHEUS_STAMPS,
            ),
        ),
    )
    packaged = {
        name: by_name[name]
        for name in ("pause", "coredns", "metrics-server", "local-path-provisioner", "local-path-helper", "skipper")
    }
    labkube = labkube_recipe(PROGRAMS, packaged)
    # Debian, PyPI and npm first: what a network refuses shows within seconds.
    order = (rootfs, debs_recipe(rootfs), wheels_recipe(), pages, *PROGRAMS, *images, labkube, *tools)
    return {recipe.name: recipe for recipe in order}
