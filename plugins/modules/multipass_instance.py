#!/usr/bin/python
"""Have one Multipass instance running, or gone."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.multipass_client.client import Client
from ansible.module_utils.multipass_client.errors import MultipassError
from ansible.module_utils.multipass_client.instance import Instance
from ansible.module_utils.multipass_client.launch import Wanted
from ansible.module_utils.multipass_client.outcome import Settings

DOCUMENTATION = """
module: multipass_instance
short_description: Have one Multipass instance running, or gone
description:
  - Brings an instance from any state to Running, or deletes it for good, by the program C(multipass) alone.
  - After a call that failed it looks at the state before it decides; an instance is never deleted to be made anew.
  - An instance that O(claim) does not name is somebody else's. With O(state=present) that is an error; with
    O(state=absent) it stays as it is.
  - Works in check mode, and shows a diff.
options:
  name:
    description: The instance.
    type: str
    required: true
  state:
    description: V(present) has it running; V(absent) deletes it and only it, also from Multipass' trash.
    type: str
    choices: [present, absent]
    default: present
  claim:
    description: A file that tells that the instance is ours, written before the launch and removed with the instance.
    type: path
    required: true
  image:
    description: What Multipass launches, such as V(24.04) or C(file:///home/you/noble.img). An instance keeps its own.
    type: str
    default: "24.04"
  cpus:
    description: Processors.
    type: int
    default: 2
  memory:
    description: Memory, such as V(4G).
    type: str
    default: 4G
  disk:
    description: Disk, such as V(20G).
    type: str
    default: 20G
  grow:
    description: Whether a running instance may be stopped to get more processors, memory or disk.
    type: bool
    default: false
  user_data:
    description: User-data for cloud-init. Multipass drops comments and quotes of it, so it should say little.
    type: str
    default: ""
  timeout:
    description: Seconds that a launch with its download, and a start, may take.
    type: int
    default: 1800
  patience:
    description: Seconds that an instance may stay Unknown, Starting or without an address before it is taken for stuck.
    type: int
    default: 300
  inner:
    description: Networks of Kubernetes' pods and Services in the instance, where no address to reach it by can be.
    type: list
    elements: str
    default: [10.42.0.0/16, 10.43.0.0/16]
  allow_root:
    description:
      - Whether root may call Multipass. Its certificates are each user's own; where root's is the first that the daemon
        sees, the machine's user is locked out.
    type: bool
    default: false
"""

RETURN = """
state:
  description: C(Running) or C(absent).
  type: str
  returned: always
address:
  description: The address to reach the instance by.
  type: str
  returned: when it runs
addresses:
  description: All its addresses but those of pods and Services.
  type: list
  elements: str
  returned: when it runs
host_key:
  description: Type and key of its SSH host key, read through Multipass.
  type: str
  returned: when it runs
cloud_init:
  description: V(done), or V(degraded) with a warning for each thing that cloud-init could live with.
  type: str
  returned: when it runs
version:
  description: The version of Multipass' daemon.
  type: str
  returned: with O(state=present)
pending:
  description: What could grow if O(grow) allowed it.
  type: dict
  returned: with O(state=present)
calls:
  description: The calls of C(multipass) that were made, without what went to their standard input.
  type: list
  elements: list
  returned: always
"""

ARGUMENTS = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "claim": {"type": "path", "required": True},
    "image": {"type": "str", "default": "24.04"},
    "cpus": {"type": "int", "default": 2},
    "memory": {"type": "str", "default": "4G"},
    "disk": {"type": "str", "default": "20G"},
    "grow": {"type": "bool", "default": False},
    "user_data": {"type": "str", "default": ""},
    "timeout": {"type": "int", "default": 1800},
    "patience": {"type": "int", "default": 300},
    "inner": {"type": "list", "elements": "str", "default": ["10.42.0.0/16", "10.43.0.0/16"]},
    "allow_root": {"type": "bool", "default": False},
}


def main() -> None:
    """Read the arguments, act, and answer."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    given = module.params
    client = Client()
    if os.geteuid() == 0 and not given["allow_root"]:
        module.fail_json(
            msg="Multipass is not called as root, whose client would lock the machine's user out: run ansible-playbook "
            "as that user and without --become; where root is the only user, -e multipass_vm_root_allowed=true",
            calls=[],
        )
    limits = (given["timeout"], given["patience"], given["grow"], module.check_mode)
    settings = Settings(*limits, inner=tuple(given["inner"]))
    instance = Instance(client, given["name"], Path(given["claim"]), settings)
    wanted = Wanted(**{key: given[key] for key in ("image", "cpus", "memory", "disk", "user_data")})
    try:
        outcome = instance.present(wanted) if given["state"] == "present" else instance.absent()
    except MultipassError as error:
        module.fail_json(msg=str(error), calls=client.calls)
    answer = asdict(outcome)
    for warning in answer.pop("warnings"):
        module.warn(warning)
    diff = {key: answer.pop(key) for key in ("before", "after")}
    module.exit_json(**answer.pop("facts"), **answer, diff=diff, calls=client.calls)


if __name__ == "__main__":
    main()
