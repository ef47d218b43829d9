"""What pods take, against what they ask for and may take."""

from __future__ import annotations

from dashboards.parts import FULL, RED, YELLOW, About, Query, graph, page, variable

CHOSEN = 'namespace=~"$namespace", pod=~"$pod"'
LEGEND = "{{namespace}}/{{pod}}"


def build() -> str:
    """Make the dashboard."""
    return page(
        "pods",
        "What pods take, against what they ask for and may take at most.",
        graph(
            About("CPU", "Processors in use. One worker uses one at most.", "short", "autoscaling", ((1, YELLOW),)),
            Query(f"namespace_pod:container_cpu_usage_seconds:rate1m{{{CHOSEN}}}", LEGEND),
        ),
        graph(
            About(
                "CPU of request",
                "More than asked for is fine while the node has time to spare; autoscalers go by this.",
                "percentunit",
                "autoscaling",
                ((1, YELLOW),),
            ),
            Query(f"namespace_pod:cpu_usage_per_request:ratio_rate1m{{{CHOSEN}}}", LEGEND),
        ),
        graph(
            About("Memory", "The working set, which the kernel can't take back.", "bytes", "lab"),
            Query(f"namespace_pod:container_memory_working_set_bytes:sum{{{CHOSEN}}}", LEGEND),
        ),
        graph(
            About("Memory of limit", "At 100 % a container is killed.", "percentunit", "lab", FULL),
            Query(f"namespace_pod:memory_usage_per_limit:ratio{{{CHOSEN}}}", LEGEND),
        ),
        graph(
            About("Restarts", "How often containers of the pod were started anew.", "short", "lab", ((1, RED),)),
            Query(f"sum by (namespace, pod) (kube_pod_container_status_restarts_total{{{CHOSEN}}})", LEGEND),
        ),
        graph(
            About("Ready", "1: the pod gets requests.", "short", "lab"),
            Query(f'kube_pod_status_ready{{condition="true", {CHOSEN}}}', LEGEND),
        ),
        graph(
            About("Received", "Network traffic to the pod.", "Bps", "crud-api"),
            Query(f"namespace_pod:container_network_receive_bytes:rate1m{{{CHOSEN}}}", LEGEND),
        ),
        graph(
            About("Sent", "Network traffic from the pod.", "Bps", "crud-api"),
            Query(f"namespace_pod:container_network_transmit_bytes:rate1m{{{CHOSEN}}}", LEGEND),
        ),
        variables=[
            variable("namespace", "Namespace", "label_values(kube_pod_info, namespace)"),
            variable("pod", "Pod", 'label_values(kube_pod_info{namespace=~"$namespace"}, pod)'),
        ],
    )
