"""What the role k3s writes on a node, held against what k3s documents, and what it takes away again."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import Environment

ROLE = Path(__file__).parents[2] / "roles/k3s"
UNINSTALL = (ROLE / "templates/k3s-uninstall.sh.j2").read_text()
# iptables-save on a node where k3s, flannel, Docker and a person have made rules.
SAVED = """\
*filter
:FORWARD ACCEPT [0:0]
:DOCKER - [0:0]
:KUBE-SERVICES - [0:0]
:FLANNEL-FWD - [0:0]
:MINE - [0:0]
-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD
-A FORWARD -j DOCKER
-A FORWARD -s 10.42.0.0/16 -m comment --comment "labkube pods" -j ACCEPT
-A FLANNEL-FWD -s 10.42.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
-A MINE -s 192.0.2.1/32 -j DROP
COMMIT
*nat
:FLANNEL-POSTRTG - [0:0]
:CNI-HOSTPORT-DNAT - [0:0]
-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG
COMMIT
"""
KEPT = """\
*filter
:FORWARD ACCEPT [0:0]
:DOCKER - [0:0]
:MINE - [0:0]
-A FORWARD -j DOCKER
-A MINE -s 192.0.2.1/32 -j DROP
COMMIT
*nat
COMMIT
"""


def test_containerd_in_a_container_asks_for_no_right_that_is_missing() -> None:
    """Real k3s started no pod in a container: runc may not lower oom_score_adj there."""
    written = tomllib.loads((ROLE / "files/containerd-in-container.toml").read_text())
    assert written == {"version": 3, "plugins": {"io.containerd.cri.v1.runtime": {"restrict_oom_score_adj": True}}}


def test_containerds_drop_in_lies_where_k3s_imports_it() -> None:
    variables = yaml.safe_load((ROLE / "vars/main.yml").read_text())
    assert variables["__k3s_containerd_dir"] == "/var/lib/rancher/k3s/agent/etc/containerd/config-v3.toml.d"
    tasks: list[dict[str, Any]] = yaml.safe_load((ROLE / "tasks/install.yml").read_text())
    (task,) = (task for task in tasks if "containerd-in-container.toml" in str(task))
    assert task["when"] == "__k3s_in_container"
    assert task["ansible.builtin.copy"]["dest"] == "{{ __k3s_containerd_dir }}/"


@pytest.mark.parametrize(
    ("labkube", "provider", "written"),
    [(False, "docker", True), (False, "multipass", False), (True, "docker", False)],
)
def test_only_real_k3s_in_a_container_gets_it(labkube: bool, provider: str, written: bool) -> None:
    expression = yaml.safe_load((ROLE / "vars/main.yml").read_text())["__k3s_in_container"]
    known = {"__k3s_labkube": labkube, "lab_learned": {"node": {"provider": provider}}}
    assert Environment(autoescape=True).from_string(expression).render(known) == str(written)


def prepared(images: Path, bundle: str) -> str:
    """Run what the unit runs before k3s with this bundle; give what k3s then knows of earlier imports."""
    unit = (ROLE / "templates/k3s.service.j2").read_text()
    script = re.search(r"^ExecStartPre=/bin/sh -c '(cd .*)'$", unit, re.MULTILINE)
    assert script
    rendered = Environment(autoescape=True).from_string(script[1])
    subprocess.run(["sh", "-c", rendered.render(__k3s_images_dir=images, __k3s_images=bundle)], check=True)
    return (images / ".cache.json").read_text()


def test_k3s_remembers_its_imports_as_long_as_the_bundle_is_the_same(tmp_path: Path) -> None:
    """Without the file it imported all at each start; with it alone it could miss a change that keeps the size."""
    assert prepared(tmp_path, "abc") == ""
    (tmp_path / ".cache.json").write_text("noted")
    assert prepared(tmp_path, "abc") == "noted"
    assert prepared(tmp_path, "def") == ""


def test_the_units_patience_is_the_variables() -> None:
    assert "TimeoutStartSec={{ k3s_ready_seconds }}\n" in (ROLE / "templates/k3s.service.j2").read_text()


def test_the_networks_rules_go_and_others_stay(tmp_path: Path) -> None:
    """flannel's chains are in capitals."""
    loop = re.search(r"^for family in .*?^done$", UNINSTALL, re.MULTILINE | re.DOTALL)
    assert loop
    for family in ("iptables", "ip6tables"):
        (tmp_path / family).write_text(SAVED)
        for action, script in (
            ("save", f"cat {tmp_path}/{family}"),
            ("restore", f"cat > {tmp_path}/{family}.restored"),
        ):
            program = tmp_path / f"{family}-{action}"
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)
    subprocess.run(["sh", "-uc", loop[0]], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=True)
    assert (tmp_path / "iptables.restored").read_text() == KEPT
    assert (tmp_path / "ip6tables.restored").read_text() == KEPT


def cleared(root: Path) -> None:
    """Run the lines that clear directories, below `root`."""
    lines = re.search(r"^find /etc/cni .*?\|\| rm -rf /root/.kube$", UNINSTALL, re.MULTILINE | re.DOTALL)
    assert lines
    script = re.sub(r"/(etc/cni|usr/libexec|root/)", rf"{root}/\1", lines[0])
    subprocess.run(["sh", "-uc", script], check=True)


def test_what_kubelet_and_kubectl_leave_goes(tmp_path: Path) -> None:
    for path in ("etc/cni/net.d", "usr/libexec/kubernetes/kubelet-plugins/volume/exec", "root/.kube/cache/discovery"):
        (tmp_path / path).mkdir(parents=True)
    cleared(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.name in ("cni", "kubernetes", ".kube")] == []


def test_what_others_put_there_stays(tmp_path: Path) -> None:
    mine = ["etc/cni/net.d/10-mine.conflist", "usr/libexec/kubernetes/mine", "root/.kube/config", "root/.kube/cache/a"]
    for path in mine:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("mine")
    cleared(tmp_path)
    assert [path for path in mine if not (tmp_path / path).exists()] == []


def test_nothing_there_is_no_error(tmp_path: Path) -> None:
    cleared(tmp_path)
