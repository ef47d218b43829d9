"""Bring objects of a cluster to what a role's templates say."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ansible.template import trust_as_template

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab import rollout
from crud_lab.action import LabAction
from crud_lab.cluster import Cluster, Outcome
from crud_lab.kubernetes import KubernetesModules
from crud_lab.manifests import Manifest, superseded

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
    description: V(absent) deletes objects and files.
    type: str
    choices: [present, absent]
    default: present
  templates:
    description: Names of templates without their ending (.yaml.j2), in the order of application.
    type: list
    elements: str
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
changed_kinds:
  description: The kinds of the objects that changed in the cluster.
  type: list
  returned: success
rolled_out:
  description: Whether every Deployment is as it shall be already, so that there is nothing to wait for.
  type: bool
  returned: success
"""


class ActionModule(LabAction):
    """The task lab_manifests."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Render, write, apply; or delete."""
        modules = KubernetesModules(self, arguments["kubeconfig"], variables)
        cluster = Cluster(modules, dry_run=self.check_mode)
        # kubectl takes the files of a directory by name: a namespace comes before what is in it.
        manifests = [self._manifest(number, name, arguments) for number, name in enumerate(arguments["templates"], 1)]
        definitions = [definition for manifest in manifests for definition in manifest.definitions]
        if arguments["state"] == "present":
            diffs = [diff for manifest in manifests for diff in manifest.write(dry_run=self.check_mode)]
            stale = superseded(manifests, f"{arguments['prefix']}-[0-9][0-9]-*.yaml")
            diffs += [diff for manifest in stale for diff in manifest.remove(dry_run=self.check_mode)]
            outcomes = cluster.apply(definitions, arguments["remedy"])
            rolled_out = _rolled_out(outcomes)
        else:
            outcomes = cluster.remove(definitions, arguments["seconds"])
            diffs = [diff for manifest in manifests for diff in manifest.remove(dry_run=self.check_mode)]
            rolled_out = True
        diffs += [diff for outcome in outcomes for diff in outcome.diffs()]
        return {
            "changed": bool(diffs),
            "diff": diffs,
            "changed_kinds": sorted({one.kind for one in outcomes if one.changed}),
            "rolled_out": rolled_out,
        }

    def _manifest(self, number: int, name: str, arguments: dict[str, Any]) -> Manifest:
        lookup = trust_as_template("{{ lookup('ansible.builtin.template', '" + name + ".yaml.j2') }}")
        path = Path(arguments["directory"]) / f"{arguments['prefix']}-{number:02}-{name}.yaml"
        return Manifest.parse(path, str(self._templar.template(lookup)))


def _rolled_out(outcomes: list[Outcome]) -> bool:
    # An object that was mended has two outcomes, of which the later one counts.
    deployments = {one.name: one.instance for one in outcomes if one.kind == "Deployment"}
    return all(deployment and rollout.is_finished(deployment) for deployment in deployments.values())
