"""Prometheus' API, asked through the API server: nothing else leads to it from outside."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crud_lab.errors import LabError
from crud_lab.verification.cluster import Cluster, UnreachableError

DEPLOY = "run ansible-playbook site.yml --tags prometheus"


@dataclass(frozen=True)
class Sample:
    """One series of an instant query's answer."""

    labels: Mapping[str, str]
    value: float

    def label(self, *names: str) -> str:
        """Give the values of labels, as far as there are any, as one word."""
        return "/".join(self.labels[name] for name in names if self.labels.get(name))


def api_path(namespace: str, service: str = "prometheus", port: int = 9090) -> str:
    """Return where the API server has Prometheus' API, which is published nowhere."""
    return f"/api/v1/namespaces/{namespace}/services/{service}:{port}/proxy/api/v1"


class Prometheus:
    """One Prometheus behind a Service called prometheus."""

    def __init__(self, cluster: Cluster, namespace: str) -> None:
        """Name the Service; nothing is asked yet."""
        self._cluster = cluster
        self._path = api_path(namespace)

    def get(self, endpoint: str, **query: str) -> Any:
        """Give the data of an answer."""
        try:
            text = self._cluster.raw(f"{self._path}/{endpoint}", **query)
        except UnreachableError as error:
            raise LabError(f"Prometheus can't be asked ({error}): {DEPLOY}") from error
        if text is None:
            raise LabError(f"Prometheus' Service is missing or leads to no pod: {DEPLOY}")
        return json.loads(text)["data"]

    def answers(self) -> bool:
        """Whether it can be asked now."""
        try:
            self.get("status/buildinfo")
        except LabError:
            return False
        return True

    def query(self, expression: str) -> list[Sample]:
        """Give an expression's value now, one sample per series; what is no number is left out."""
        found = [Sample(one["metric"], float(one["value"][1])) for one in self.get("query", query=expression)["result"]]
        return [sample for sample in found if not math.isnan(sample.value)]

    def runs(self, revision: str) -> bool:
        """Whether it runs the configuration that calls itself so."""
        return revision in self.get("status/config")["yaml"]

    def took_its_last_configuration(self) -> bool:
        """Whether it could use what it read last."""
        return all(sample.value for sample in self.query("prometheus_config_last_reload_successful"))
