"""Prove the lab from outside; where that fails, name the first broken link and its fix."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab.action import LabAction
from crud_lab.errors import LabError
from crud_lab.verification.card import Tools, access_card
from crud_lab.verification.chain import explain
from crud_lab.verification.cluster import Cluster, UnreachableError, find_kubectl
from crud_lab.verification.metrics import Patience
from crud_lab.verification.problem import MetricsError, VerifyError
from crud_lab.verification.proof import Options, prove
from crud_lab.verification.site import Site

DOCUMENTATION = """
name: lab_verify
short_description: Prove the lab from outside
description:
  - Sends requests through the Ingress and waits until Prometheus has counted exactly those.
  - A proof that fails names the chain from the symptom to the first broken link, and that link's fix.
  - Changes nothing; the record that it makes it removes. In check mode it only reads.
options:
  name:
    description: The lab, as its container and SSH know it.
    type: str
    required: true
  root:
    description: The checkout, for the commands of the access card.
    type: path
    required: true
  state_dir:
    description: Where the key and C(ssh_config) are.
    type: path
    required: true
  learned:
    description: What the stages before it learned.
    type: dict
    required: true
  kubeconfig:
    description: The cluster that holds the app.
    type: path
    required: true
  bundle_dir:
    description: Where kubectl is looked for before PATH.
    type: path
    required: true
  timeout:
    description: Seconds that each condition may take.
    type: int
    required: true
  exact_count:
    description: Whether more requests than verify's own are an error.
    type: bool
    required: true
  record:
    description: The record that is created; empty means the example in the API's description.
    type: dict
    required: true
"""

RETURN = """
requests:
  description: How many requests to the resource were made and counted.
  type: int
  returned: success
notes:
  description: What works otherwise than one may expect.
  type: list
  elements: str
  returned: success
card:
  description: The access card.
  type: str
  returned: success
"""


class ActionModule(LabAction):
    """The task lab_verify."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Prove the lab and return the access card."""
        site = Site(arguments["name"], Path(arguments["state_dir"]), arguments["learned"])
        tools = Tools(
            kubectl=find_kubectl(Path(arguments["bundle_dir"])),
            kubeconfig=Path(arguments["kubeconfig"]),
            root=Path(arguments["root"]),
        )
        cluster = Cluster(tools.kubectl, tools.kubeconfig)
        options = Options(
            patience=Patience(arguments["timeout"]),
            exact_count=arguments["exact_count"],
            only_read=self.check_mode,
            record=arguments["record"],
        )
        try:
            proof = prove(site, cluster, options)
        except VerifyError as error:
            raise LabError(explain(error, site, cluster)) from None
        except UnreachableError as error:
            # Only the way to the counters goes through the API server.
            lost = MetricsError(f"the Kubernetes API does not answer ({error})", "ansible-playbook site.yml --tags k3s")
            raise LabError(explain(lost, site, cluster)) from None
        card = access_card(site, tools, proof.example)
        return {"changed": False, "requests": proof.requests, "notes": proof.notes, "card": card}
