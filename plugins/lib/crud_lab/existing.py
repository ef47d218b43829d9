"""Which objects a cluster has, all asked for at once: kubectl answers in the time that a module takes to start."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence

from crud_lab.errors import LabError
from crud_lab.manifests import Definition, Identity, identity, reference

TIMEOUT = 60


def existing(kubectl: Sequence[str], definitions: Sequence[Definition]) -> dict[Identity, Definition]:
    """Return the objects of these definitions that are there, as the cluster has them, managedFields included.

    Takes the command that reaches the cluster. Raises a LabError where that can't be run or the cluster doesn't answer.
    """
    asked = json.dumps({"apiVersion": "v1", "kind": "List", "items": [reference(one) for one in definitions]})
    command = [*kubectl, "get", "--filename=-", "--ignore-not-found", "--output=json", "--show-managed-fields"]
    try:
        done = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=TIMEOUT, check=True)
    except subprocess.CalledProcessError as error:
        raise LabError(f"The cluster can't be asked what it has: {error.stderr.strip()}") from error
    except subprocess.TimeoutExpired as error:
        raise LabError(f"The cluster can't be asked what it has: no answer within {TIMEOUT} s") from error
    except OSError as error:
        fix = "install kubectl, or run ansible-playbook site.yml --tags bundle"
        raise LabError(f"{kubectl[0]} can't be run ({error.strerror}): {fix}") from error
    answer = json.loads(done.stdout or '{"kind": "List", "items": []}')
    return {identity(one): one for one in (answer["items"] if answer["kind"] == "List" else [answer])}
