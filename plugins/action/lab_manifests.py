"""Bring objects of a cluster to what a role's templates say."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ansible.template import trust_as_template

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab import rollout
from crud_lab.action import LabAction
from crud_lab.cluster import KEPT, Cluster
from crud_lab.existing import existing
from crud_lab.kubernetes import KubernetesModules
from crud_lab.manifests import Definition, Manifest, definitions, label, superseded
from crud_lab.outcome import Outcome
from crud_lab.verification.cluster import find_kubectl

DOCUMENTATION = """
name: lab_manifests
short_description: Bring objects of a cluster to what a role's templates say
description:
  - Renders the templates, writes each to a file that kubectl apply -f takes, and applies all in one server-side apply
    with M(kubernetes.core.k8s).
  - What others changed in these objects is set right again; what they added to a Deployment or a ConfigMap is removed.
  - What a Secret holds appears in no log, difference or return value.
  - In check mode the API server is asked what would change, and no file is written.
options:
  state:
    description: >-
      V(retired) deletes the objects of O(superfluous), once nothing uses them any more; V(absent) deletes all objects
      and files.
    type: str
    choices: [present, retired, absent]
    default: present
  templates:
    description: Names of templates without their ending (.yaml.j2), in the order of application.
    type: list
    elements: str
    required: true
  superfluous:
    description: >-
      Those of O(templates) whose objects are not needed. An autoscaler is deleted before the others are applied, all
      else by a task with O(state=retired) behind this one; claims of volumes stay.
    type: list
    elements: str
    default: []
  directory:
    description: Where the files are.
    type: path
    required: true
  prefix:
    description: How the names of the files begin.
    type: str
    required: true
  kubeconfig:
    description: The cluster.
    type: path
    required: true
  remedy:
    description: What to do where the cluster refuses an object; ends the message.
    type: str
    default: ""
  seconds:
    description: How long a deletion may take.
    type: int
    default: 60
"""

RETURN = """
changed_objects:
  description: The objects that were created or changed in the cluster, as kind/name.
  type: list
  returned: success
superfluous:
  description: The superfluous objects that there are, as kind/name.
  type: list
  returned: success
kept:
  description: The superfluous claims of volumes, which stay with the data in them, as kind/name.
  type: list
  returned: success
rolled_out:
  description: Whether everything that runs pods is as it shall be already, so that there is nothing to wait for.
  type: bool
  returned: success
"""


# Would undo what is asked for without it.
AUTOSCALER = "HorizontalPodAutoscaler"


class ActionModule(LabAction):
    """The task lab_manifests."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Render, write, apply; or delete."""
        modules = KubernetesModules(self, arguments["kubeconfig"], variables)
        cluster = Cluster(modules, dry_run=self.check_mode)
        # kubectl takes the files of a directory by name: a namespace comes before what is in it.
        numbered = list(enumerate(arguments["templates"], 1))
        manifests = {name: self._manifest(number, name, arguments) for number, name in numbered}
        if arguments["state"] == "absent":
            return self._remove(cluster, list(manifests.values()), arguments["seconds"])
        unneeded = definitions([manifests.pop(name) for name in arguments["superfluous"]])
        if arguments["state"] == "retired":
            diffs = [diff for outcome in cluster.retire(unneeded) for diff in outcome.diffs()]
            return {"changed": bool(diffs), "diff": diffs}
        leftover = existing(self._kubectl(arguments["kubeconfig"], variables), unneeded)
        return self._apply(cluster, list(manifests.values()), leftover, arguments)

    def _apply(
        self, cluster: Cluster, manifests: list[Manifest], leftover: list[Definition], arguments: dict[str, Any]
    ) -> dict[str, Any]:
        diffs = [diff for manifest in manifests for diff in manifest.write(dry_run=self.check_mode)]
        stale = superseded(manifests, f"{arguments['prefix']}-[0-9][0-9]-*.yaml")
        diffs += [diff for manifest in stale for diff in manifest.remove(dry_run=self.check_mode)]
        retired = cluster.retire([one for one in leftover if one["kind"] == AUTOSCALER])
        applied = cluster.apply(definitions(manifests), arguments["remedy"])
        diffs += [diff for outcome in [*retired, *applied] for diff in outcome.diffs()]
        return {
            "changed": bool(diffs),
            "diff": diffs,
            "changed_objects": sorted({str(one) for one in applied if one.changed}),
            "superfluous": [label(one) for one in leftover if one["kind"] != KEPT],
            "kept": [label(one) for one in leftover if one["kind"] == KEPT],
            "rolled_out": _rolled_out(applied),
        }

    def _remove(self, cluster: Cluster, manifests: list[Manifest], seconds: int) -> dict[str, Any]:
        outcomes = cluster.remove(definitions(manifests), seconds)
        diffs = [diff for manifest in manifests for diff in manifest.remove(dry_run=self.check_mode)]
        diffs += [diff for outcome in outcomes for diff in outcome.diffs()]
        return {"changed": bool(diffs), "diff": diffs}

    def _kubectl(self, kubeconfig: str, variables: dict[str, Any]) -> list[str]:
        bundle_dir = Path(str(self._templar.template(variables["lab_bundle_dir"])))
        # What kubectl learned of this cluster goes with the lab.
        cache = self.state_dir(variables) / "kube-cache"
        return [find_kubectl(bundle_dir), f"--kubeconfig={kubeconfig}", f"--cache-dir={cache}"]

    def _manifest(self, number: int, name: str, arguments: dict[str, Any]) -> Manifest:
        lookup = trust_as_template("{{ lookup('ansible.builtin.template', '" + name + ".yaml.j2') }}")
        path = Path(arguments["directory"]) / f"{arguments['prefix']}-{number:02}-{name}.yaml"
        return Manifest.parse(path, str(self._templar.template(lookup)))


def _rolled_out(outcomes: list[Outcome]) -> bool:
    # An object that was mended has two outcomes, of which the later one counts.
    running = {str(one): one.instance for one in outcomes if one.kind in rollout.KINDS}
    return all(instance and rollout.is_finished(instance) for instance in running.values())
