"""The modules of the collection kubernetes.core, for action plugins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.plugins.action import ActionBase

from crud_lab.errors import LabError


class KubernetesModules:
    """Runs a module against one cluster."""

    def __init__(self, action: ActionBase, kubeconfig: str, variables: dict[str, Any]) -> None:
        """Take the task's action, through which modules run."""
        self._action = action
        self._kubeconfig = kubeconfig
        self._variables = variables

    def __call__(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Run a module and give its result."""
        # A module writes its arguments, which may hold a Secret, to the system's log unless the task says no_log.
        task = self._action._task
        no_log, task.no_log = task.no_log, True
        try:
            result: dict[str, Any] = self._action._execute_module(
                module_name=f"kubernetes.core.{name}",
                module_args={**arguments, "kubeconfig": self._kubeconfig},
                task_vars=self._variables,
            )
        finally:
            task.no_log = no_log
        if result.get("failed"):
            raise LabError(f"The cluster of {self._kubeconfig} can't be asked: {result.get('msg')}")
        return result
