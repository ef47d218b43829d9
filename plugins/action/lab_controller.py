"""Look at the controller: all that the requirements of a lab concern."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab import clock, controller, engine, firewall, hypervisor, lock, network, ports
from crud_lab.action import LabAction

DOCUMENTATION = """
name: lab_controller
short_description: Look at the controller
description:
  - Gathers in one go, and in this process, what a dozen modules would need seconds for. Changes nothing.
  - Fails when another run changes this lab.
options:
  lab:
    description: The name of the lab.
    type: str
    required: true
  root:
    description: The checkout of the repository.
    type: path
    required: true
  state_dir:
    description: The state directory of the lab.
    type: path
    required: true
  bundle_dir:
    description: The directory of the bundle.
    type: path
    required: true
  ports:
    description: The ports that the node is to publish, by the variable that sets each.
    type: dict
    required: true
  networks:
    description: Those of Kubernetes' pods and Services.
    type: list
    elements: str
    required: true
  ask_multipass:
    description: Whether Multipass may be asked; it takes a first caller for its owner.
    type: bool
    required: true
  programs:
    description: Programs to look for.
    type: list
    elements: str
    required: true
  modules:
    description: Python modules to look for.
    type: list
    elements: str
    required: true
"""

RETURN = """
controller:
  description: What was found.
  type: dict
  returned: always
"""


class ActionModule(LabAction):
    """The task lab_controller."""

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Gather the facts."""
        del variables
        # Another run would make half of what is found here untrue soon.
        lock.check(Path(arguments["state_dir"]), lock.Holder.current())
        root, bundle = Path(arguments["root"]), Path(arguments["bundle_dir"])
        docker = engine.facts()
        node = engine.node_facts(arguments["lab"])
        numbers = {name: int(port) for name, port in arguments["ports"].items()}
        routes = network.routes()
        multipass = hypervisor.multipass_facts(ask=arguments["ask_multipass"])
        busy = {name: port for name, port in numbers.items() if port not in node["ports"] and not ports.is_free(port)}
        found = {
            "system": controller.system(),
            "platform": hypervisor.platform_name(),
            "root": os.geteuid() == 0,
            "multipass": multipass,
            "driver_fault": hypervisor.driver_fault(multipass["driver"]),
            "virtualises": hypervisor.virtualises(),
            "clashing_routes": network.clashing(routes, arguments["networks"]),
            "free_networks": network.free(routes),
            "bridge_closed": firewall.closes_bridge(firewall.linux_rules()),
            "bootpd_blocked": firewall.blocks_bootpd(*firewall.macos_answers()),
            "clock": clock.read(root).facts(),
            "wsl": controller.wsl(platform.release()),
            "fork_safe": hypervisor.fork_safe(),
            "python": sys.version.split()[0],
            "processors": controller.processors(),
            "memory_mb": controller.available_memory_mb(),
            "world_writable": controller.world_writable(root),
            "missing_programs": controller.missing_programs(arguments["programs"]),
            "missing_modules": controller.missing_modules(arguments["modules"]),
            "unmet_collections": controller.unmet_collections(root / "requirements.yml"),
            "state_dir": controller.directory_facts(arguments["state_dir"]),
            "bundle_dir": controller.directory_facts(bundle),
            "bundle_mb": controller.bundle_mb(bundle),
            "docker": docker,
            "docker_root": controller.directory_facts(docker["root"] or "/"),
            "node": node,
            "foreign_volume": engine.foreign_volume(f"{arguments['lab']}-var-lib", arguments["lab"]),
            "busy_ports": [{"name": name, "described": ports.describe(port)} for name, port in busy.items()],
        }
        return {"changed": False, "controller": found}
