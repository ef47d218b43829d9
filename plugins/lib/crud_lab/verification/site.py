"""Where the parts of one lab are, from what the earlier stages learned (lab.json)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crud_lab.prometheus import api_path
from crud_lab.verification.cluster import Cluster


@dataclass(frozen=True)
class Site:
    """Names and addresses of one lab."""

    name: str
    state_dir: Path
    learned: dict[str, Any]

    def fact(self, stage: str, name: str, default: Any = "") -> Any:
        """Return one fact that a stage recorded."""
        return (self.learned.get(stage) or {}).get(name, default)

    @property
    def url(self) -> str:
        """The Ingress, as a client on this machine reaches it."""
        return str(self.fact("app", "url")).rstrip("/")

    @property
    def resource(self) -> str:
        """The API's one resource."""
        return str(self.fact("app", "resource", "items"))

    @property
    def namespace(self) -> str:
        """The app's namespace."""
        return str(self.fact("app", "namespace", "crud-api"))

    @property
    def service(self) -> str:
        """The app's Service, Deployment and Ingress carry this name."""
        return str(self.fact("app", "service", "crud-api"))

    @property
    def namespace_path(self) -> str:
        """The app's namespace in the core API."""
        return f"/api/v1/namespaces/{self.namespace}"

    def prometheus_path(self, endpoint: str) -> str:
        """Return an endpoint of Prometheus' API."""
        namespace, service = self.fact("prometheus", "namespace", "monitoring"), self.fact("prometheus", "service")
        path = api_path(namespace, service or "prometheus", self.fact("prometheus", "port", 9090))
        return f"{path}/{endpoint}"

    def service_object(self, cluster: Cluster) -> dict[str, Any] | None:
        """Return the app's Service."""
        return cluster.get(f"{self.namespace_path}/services/{self.service}")

    def app_pods(self, cluster: Cluster) -> list[dict[str, Any]]:
        """Return the pods that the app's Service selects and that are not on their way out."""
        service = self.service_object(cluster)
        return [] if service is None else self.selected_pods(cluster, service)

    def leaving_pods(self, cluster: Cluster) -> list[dict[str, Any]]:
        """Return the pods that the app's Service selects and that are on their way out."""
        service = self.service_object(cluster)
        return [] if service is None else [pod for pod in self._all_pods(cluster, service) if is_leaving(pod)]

    def selected_pods(self, cluster: Cluster, service: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the pods that a Service of the app's namespace selects and that are not on their way out."""
        return [pod for pod in self._all_pods(cluster, service) if not is_leaving(pod)]

    def _all_pods(self, cluster: Cluster, service: Mapping[str, Any]) -> list[dict[str, Any]]:
        chosen: Mapping[str, str] = service.get("spec", {}).get("selector", {})
        selector = ",".join(f"{key}={value}" for key, value in chosen.items())
        return cluster.items(f"{self.namespace_path}/pods?labelSelector={selector}")


def is_leaving(pod: Mapping[str, Any]) -> bool:
    """Say whether the pod was deleted, and is only there until its containers have ended."""
    return "deletionTimestamp" in pod["metadata"]
