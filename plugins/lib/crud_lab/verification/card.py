"""The access card: what a person needs to use the lab, with commands that work as printed from any directory."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crud_lab.verification.site import Site

# The lab that `activate` means where LAB_NAME is not set.
DEFAULT_NAME = "crud-lab"


@dataclass(frozen=True)
class Tools:
    """The programs that the printed commands need."""

    kubectl: str
    kubeconfig: Path
    root: Path


def rows(pairs: list[tuple[str, str]]) -> list[str]:
    """Align two columns."""
    width = max(len(name) for name, _ in pairs)
    return [f"  {name:<{width}}  {text}" for name, text in pairs]


def access_card(site: Site, tools: Tools, example: dict[str, Any]) -> str:
    """Return the card. Its commands get the run's options where it is printed."""
    records = f"{site.url}/{site.resource}"
    header = shlex.quote(f"@{site.state_dir / 'x-key.header'}")
    body = f"-H 'Content-Type: application/json' -d {shlex.quote(json.dumps(example))}"
    # What kubectl keeps of a cluster goes with the lab, not into ~/.kube/cache.
    cache = shlex.quote(str(site.state_dir / "kube-cache"))
    kubectl = f"{shlex.quote(tools.kubectl)} --kubeconfig {shlex.quote(str(tools.kubeconfig))} --cache-dir {cache}"
    activate = "source ./activate" if site.name == DEFAULT_NAME else f"LAB_NAME={site.name} source ./activate"
    lines = [
        f"{site.name} is up",
        *rows(
            [
                ("API", records),
                ("its page", f"{site.url}/"),
                ("X-Key", str(site.state_dir / "x-key")),
                ("kubeconfig", str(tools.kubeconfig)),
                ("SSH", f"ssh -F {shlex.quote(str(site.state_dir / 'ssh_config'))} {site.name}"),
            ]
        ),
        "",
        "Try",
        f"  curl -H {header} {body} {records}",
        f"  curl {records}",
        f"  {kubectl} get pods --namespace {site.namespace}",
        "",
        f"Next, in {tools.root}",
        *rows(
            [
                ("a shell with kubectl and Ansible", activate),
                ("the lab's numbers", "ansible-playbook playbooks/show-lab.yml"),
                ("Prometheus in a browser", "ansible-playbook playbooks/open-lab.yml"),
                ("after a change in app/", "ansible-playbook site.yml --tags image,app"),
                ("this proof again", "ansible-playbook site.yml --tags verify"),
            ]
        ),
        "",
        "Remove it",
        "  ansible-playbook teardown.yml",
    ]
    return "\n".join(lines)
