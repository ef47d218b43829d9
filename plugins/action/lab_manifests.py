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
from crud_lab.manifests import Definition, Identity, Manifest, definitions, identity, label, superseded
from crud_lab.outcome import Outcome
from crud_lab.owner import Owner
from crud_lab.secret import Secret
from crud_lab.verification.cluster import find_kubectl

DOCUMENTATION = """
name: lab_manifests
short_description: Bring objects of a cluster to what a role's templates say
description:
  - Looks first at what there is. Objects without the lab's label (C(lab_owner)) are somebody else's. None of them is
    changed or deleted, and where one is in the way, the task fails before it has changed anything.
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
      else by a task with O(state=retired) behind this one; claims of volumes stay, and what is not the lab's.
    type: list
    elements: str
    default: []
  namespace_variable:
    description: The variable that names the role's namespace, which must be the lab's where it is there.
    type: str
    required: true
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
SEAL_LENGTH = 43


class ActionModule(LabAction):
    """The task lab_manifests."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Look whose everything is; then render, write, apply; or delete."""
        if arguments["state"] == "present":
            # Labels and hashes in the manifests are made with it.
            Secret(self.state_dir(variables) / "seal").ensure(SEAL_LENGTH, dry_run=self.check_mode)
        # kubectl takes the files of a directory by name: a namespace comes before what is in it.
        numbered = list(enumerate(arguments["templates"], 1))
        manifests = {name: self._manifest(number, name, arguments) for number, name in numbered}
        mine = self._look(manifests, arguments, variables)
        cluster = Cluster(KubernetesModules(self, arguments["kubeconfig"], variables), dry_run=self.check_mode)
        if arguments["state"] == "absent":
            return self._remove(cluster, list(manifests.values()), mine, arguments["seconds"])
        unneeded = definitions([manifests.pop(name) for name in arguments["superfluous"]])
        leftover = [one for one in unneeded if identity(one) in mine]
        if arguments["state"] == "retired":
            diffs = [diff for outcome in cluster.retire(leftover) for diff in outcome.diffs()]
            return {"changed": bool(diffs), "diff": diffs}
        return self._apply(cluster, list(manifests.values()), leftover, arguments)

    def _look(
        self, manifests: dict[str, Manifest], arguments: dict[str, Any], variables: dict[str, Any]
    ) -> set[Identity]:
        """Give those objects that are there and the lab's; refuse to go on where somebody else's is in the way."""
        kubeconfig, variable = arguments["kubeconfig"], arguments["namespace_variable"]
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self._value(variable, variables)}}
        kubectl = self._kubectl(kubeconfig, variables)
        found = existing(kubectl, [namespace, *definitions(list(manifests.values()))])
        home = self.state_dir(variables) / "kubeconfig"
        owner = Owner(self._value("lab_owner", variables), Path(kubeconfig) == home, kubeconfig, variable)
        wanted = [one for name, one in manifests.items() if name not in arguments["superfluous"]]
        # What is absent anyway, or stays where it is not the lab's, is in nobody's way.
        needed = [namespace, *(definitions(wanted) if arguments["state"] != "absent" else [])]
        return owner.pick(found, map(identity, needed))

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

    def _remove(self, cluster: Cluster, manifests: list[Manifest], mine: set[Identity], seconds: int) -> dict[str, Any]:
        outcomes = cluster.remove([one for one in definitions(manifests) if identity(one) in mine], seconds)
        diffs = [diff for manifest in manifests for diff in manifest.remove(dry_run=self.check_mode)]
        diffs += [diff for outcome in outcomes for diff in outcome.diffs()]
        return {"changed": bool(diffs), "diff": diffs}

    def _kubectl(self, kubeconfig: str, variables: dict[str, Any]) -> list[str]:
        bundle_dir = Path(self._value("lab_bundle_dir", variables))
        # What kubectl learned of this cluster goes with the lab.
        cache = self.state_dir(variables) / "kube-cache"
        return [find_kubectl(bundle_dir), f"--kubeconfig={kubeconfig}", f"--cache-dir={cache}"]

    def _value(self, name: str, variables: dict[str, Any]) -> str:
        return str(self._templar.template(variables[name]))

    def _manifest(self, number: int, name: str, arguments: dict[str, Any]) -> Manifest:
        lookup = trust_as_template("{{ lookup('ansible.builtin.template', '" + name + ".yaml.j2') }}")
        path = Path(arguments["directory"]) / f"{arguments['prefix']}-{number:02}-{name}.yaml"
        return Manifest.parse(path, str(self._templar.template(lookup)))


def _rolled_out(outcomes: list[Outcome]) -> bool:
    # An object that was mended has two outcomes, of which the later one counts.
    running = {str(one): one.instance for one in outcomes if one.kind in rollout.KINDS}
    return all(instance and rollout.is_finished(instance) for instance in running.values())
