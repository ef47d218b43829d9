"""The links inside Kubernetes, from the app's store to its Ingress."""

from __future__ import annotations

from typing import Any

from crud_lab.commands import option
from crud_lab.verification.cluster import Cluster
from crud_lab.verification.problem import Broken
from crud_lab.verification.site import Site

DEPLOY = "ansible-playbook site.yml --tags app"
LOAD_IMAGE = "ansible-playbook site.yml --tags image,app"
LOAD_REDIS = "ansible-playbook site.yml --tags bundle,k3s,app"
START = "ansible-playbook site.yml --tags k3s"
INGRESS_CONTROLLERS = ("skipper", "traefik", "ingress")


def store(site: Site, cluster: Cluster) -> Broken | None:
    """The Redis that keeps the records is ready; other stores are part of the app's pods."""
    if site.fact("app", "store") != "redis":
        return None
    found = cluster.get(f"/apis/apps/v1/namespaces/{site.namespace}/statefulsets/redis")
    if found is None:
        return Broken(f"there is no StatefulSet {site.namespace}/redis", DEPLOY)
    pod = cluster.get(f"{site.namespace_path}/pods/redis-0")
    if pod is None:
        return Broken("StatefulSet redis has no pod", DEPLOY)
    return None if is_ready(pod) else pod_trouble(site, cluster, pod)


def deployment(site: Site, cluster: Cluster) -> Broken | None:
    """The Deployment exists, wants pods and may create them."""
    path = f"/apis/apps/v1/namespaces/{site.namespace}/deployments/{site.service}"
    found = cluster.get(path)
    if found is None:
        return Broken(f"there is no Deployment {site.namespace}/{site.service}", DEPLOY)
    if found["spec"].get("replicas", 1) == 0:
        return Broken(f"Deployment {site.service} is scaled to 0 replicas", DEPLOY)
    for condition in found.get("status", {}).get("conditions", []):
        if condition["type"] == "ReplicaFailure" and condition["status"] == "True":
            return Broken(f"Deployment {site.service} can't create pods: {condition['message']}", DEPLOY)
    return None


def pods(site: Site, cluster: Cluster) -> Broken | None:
    """A pod is ready; else the first pod says why not."""
    if cluster.get(f"{site.namespace_path}/services/{site.service}") is None:
        return None  # the Service's own link reports it
    found = site.app_pods(cluster)
    if any(is_ready(pod) for pod in found):
        return None
    if not found:
        return Broken(f"Deployment {site.service} has no pod", DEPLOY)
    return pod_trouble(site, cluster, found[0])


def is_ready(pod: dict[str, Any]) -> bool:
    """Say whether the pod's Ready condition is true."""
    conditions = pod.get("status", {}).get("conditions", [])
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def pod_trouble(site: Site, cluster: Cluster, pod: dict[str, Any]) -> Broken:
    """Return why this pod is not ready: unschedulable, no image, crash or probe."""
    name, status = pod["metadata"]["name"], pod.get("status", {})
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return Broken(
                f"pod {name} is not scheduled: {condition.get('message', '')}", "free memory or CPU on the node"
            )
    for container in status.get("containerStatuses", []):
        if waiting := container["state"].get("waiting"):
            return waiting_trouble(site, cluster, name, container, waiting)
    probe = last_event(site, cluster, name, "Unhealthy")
    return Broken(
        f"pod {name} is {status.get('phase', 'unknown')}, not ready{probe}", f"kubectl -n {site.namespace} logs {name}"
    )


def waiting_trouble(
    site: Site, cluster: Cluster, pod: str, container: dict[str, Any], waiting: dict[str, Any]
) -> Broken:
    """Return why a container waits: its image is missing, or it ends again and again."""
    reason, image = waiting.get("reason", "Waiting"), container["image"]
    if "Image" in reason:
        present = "which the node has" if has_image(cluster, image) else "which the node does not have"
        return Broken(f"{reason}: image {image}, {present}", LOAD_REDIS if container["name"] == "redis" else LOAD_IMAGE)
    ended = container.get("lastState", {}).get("terminated", {})
    if not ended:
        return Broken(f"container {container['name']}: {reason}: {waiting.get('message', '')}", DEPLOY)
    seen = f"{reason}: container {container['name']} ended with code {ended.get('exitCode')} ({ended.get('reason')})"
    return Broken(seen, f"kubectl -n {site.namespace} logs {pod} --previous")


def has_image(cluster: Cluster, image: str) -> bool:
    """Say whether a node lists the image; containerd lists it with a registry's name in front."""
    names = [
        name
        for node in cluster.items("/api/v1/nodes")
        for known in node["status"].get("images", [])
        for name in known["names"]
    ]
    return any(name == image or name.endswith(f"/{image}") for name in names)


def last_event(site: Site, cluster: Cluster, pod: str, reason: str) -> str:
    """Return the message of the pod's newest event of this reason, as a further link."""
    selector = f"involvedObject.name={pod},reason={reason}"
    events = cluster.items(f"{site.namespace_path}/events?fieldSelector={selector}")
    newest = sorted(events, key=lambda event: event.get("lastTimestamp") or "")[-1:]
    return "".join(f" ← {event['message'].strip()}" for event in newest)


def service(site: Site, cluster: Cluster) -> Broken | None:
    """The Service exists and has a ready endpoint."""
    if site.service_object(cluster) is None:
        return Broken(f"there is no Service {site.namespace}/{site.service}", DEPLOY)
    label = f"kubernetes.io/service-name={site.service}"
    slices = cluster.items(
        f"/apis/discovery.k8s.io/v1/namespaces/{site.namespace}/endpointslices?labelSelector={label}"
    )
    ready = [
        endpoint
        for item in slices
        if item.get("ports")
        for endpoint in item.get("endpoints") or []
        if endpoint.get("conditions", {}).get("ready")
    ]
    return None if ready else Broken(f"Service {site.service} has 0 endpoints", DEPLOY)


def ingress_controller(site: Site, cluster: Cluster) -> Broken | None:
    """The pods that serve Ingresses are ready. One of the user's own is known by its pods' name or its IngressClass."""
    for pod in controllers(cluster, "/api/v1/namespaces/kube-system/pods"):
        if not is_ready(pod):
            name = pod["metadata"]["name"]
            return Broken(f"the Ingress controller's pod {name} is not ready", START)
    classes = {item["metadata"]["name"] for item in cluster.items("/apis/networking.k8s.io/v1/ingressclasses")}
    if controllers(cluster, "/api/v1/pods") or classes - set(INGRESS_CONTROLLERS):
        return None
    return no_ingress_controller(site.fact("k3s", "disabled") or [])


def controllers(cluster: Cluster, path: str) -> list[dict[str, Any]]:
    """Return the pods there that serve Ingresses, as far as their names tell."""
    return [
        pod
        for pod in cluster.items(path)
        if any(word in pod["metadata"]["name"] for word in INGRESS_CONTROLLERS)
        and pod["status"].get("phase") != "Succeeded"
    ]


def no_ingress_controller(disabled: list[str]) -> Broken:
    """Return why nothing serves Ingresses: it was left out, or it is gone."""
    if "traefik" not in disabled:
        return Broken("the cluster has no Ingress controller", START)
    others = [addon for addon in disabled if addon != "traefik"]
    return Broken(
        "the cluster has no Ingress controller, because k3s_disable (or k3s_config) leaves traefik out",
        f"{START} {option('k3s_disable', others)}, or install an Ingress controller of your own",
    )


def ingress(site: Site, cluster: Cluster) -> Broken | None:
    """An Ingress leads to the Service."""
    path = f"/apis/networking.k8s.io/v1/namespaces/{site.namespace}/ingresses"
    backends = [
        entry["backend"].get("service", {}).get("name")
        for item in cluster.items(path)
        for rule in item["spec"].get("rules", [])
        for entry in rule.get("http", {}).get("paths", [])
    ]
    if site.service in backends:
        return None
    return Broken(f"no Ingress in {site.namespace} leads to Service {site.service}", DEPLOY)
