"""Drive load on the API, show how it gets on, and compare what the client and Prometheus counted."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from ansible.utils.color import stringc
from ansible.utils.display import Display
from crud_lab import progress
from crud_lab.action import LabAction
from crud_lab.errors import LabError
from crud_lab.load import generator, report
from crud_lab.load.counted import Book
from crud_lab.load.plan import stages
from crud_lab.load.prepare import plan_for
from crud_lab.load.replicas import Replicas
from crud_lab.load.run import Run
from crud_lab.prometheus import Prometheus
from crud_lab.verification.cluster import Cluster, UnreachableError, find_kubectl
from crud_lab.verification.site import Site

DOCUMENTATION = """
name: lab_load
short_description: Drive load on the API and count it
description:
  - Runs Locust, from the environment that C(make setup) made for it, and says every few seconds how it gets on.
  - Removes the records that it creates. Fails when a request failed that should not
    have; RV(card) is shown all the same.
  - In check mode nothing is sent.
options:
  name:
    description: The lab.
    type: str
    required: true
  root:
    description: The checkout, for the environment that has Locust.
    type: path
    required: true
  state_dir:
    description: Where the key is.
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
  profile:
    description: What the load is like.
    type: str
    choices: [steady, step, spike, errors]
    required: true
  rate:
    description: Requests per second at the most.
    type: int
    required: true
  seconds:
    description: How long; of C(step) the time at the full rate.
    type: int
    required: true
  kill_pod:
    description: Whether a pod is killed in the middle.
    type: bool
    required: true
"""

RETURN = """
card:
  description: Requests, failures, latency, counts, pods and replicas.
  type: str
  returned: when load was driven
"""


class ActionModule(LabAction):
    """The task lab_load."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Drive, watch, count, report."""
        del variables
        laid_out = stages(arguments["profile"], arguments["rate"], arguments["seconds"])
        python = generator.interpreter(Path(arguments["root"]))
        if self.check_mode:
            return {"skipped": True, "msg": f"would send up to {arguments['rate']} requests per second"}
        site = Site(arguments["name"], Path(arguments["state_dir"]), arguments["learned"])
        cluster = Cluster(find_kubectl(Path(arguments["bundle_dir"])), Path(arguments["kubeconfig"]))
        try:
            plan = plan_for(site, arguments["profile"], laid_out)
            prometheus = Prometheus(cluster, site.fact("prometheus", "namespace", "monitoring"))
            run = Run(
                plan,
                functools.partial(generator.drive, python, plan, site.state_dir),
                Replicas(site, cluster),
                Book(prometheus, site.namespace, site.resource),
                lambda said: Display().display(progress.line("load", said), color="blue"),
                arguments["kill_pod"],
            )
            outcome = run()
        except UnreachableError as error:
            raise LabError(
                f"The Kubernetes API does not answer ({error}): run ansible-playbook site.yml --tags k3s"
            ) from None
        wrong = report.sentence(outcome)
        failed = {"failed": True, "msg": wrong} if wrong else {}
        return {"changed": False, "card": report.text(outcome, stringc), **failed}
