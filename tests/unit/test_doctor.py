"""What the check of the controller finds, and its last line."""

from __future__ import annotations

from pathlib import Path

import pytest
from crud_lab import doctor, hypervisor
from crud_lab.doctor import Requirement

ROUTES = """\
Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010011AC	0003	0	0	0	00000000	0	0	0
eth0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
"""
VPN = "tun0	0000000A	00000000	0001	0	0	0	000000FF	0	0	0\n"
POD = "wg0	00002B0A	00000000	0001	0	0	0	0000FFFF	0	0	0\n"


@pytest.mark.parametrize(
    ("findings", "line"),
    [
        ([], "READY linux-amd64 16G"),
        ([("disk", False)], "FIX linux-amd64 16G: disk"),
        ([("disk", False), ("kvm", True)], "ADMIN linux-amd64 16G: disk, kvm"),
    ],
)
def test_the_last_line_sums_up(findings: list[tuple[str, bool]], line: str) -> None:
    assert doctor.line("linux-amd64  16G ", [Requirement(name, False, "", admin) for name, admin in findings]) == line


def test_a_finding_says_who_can_mend_it() -> None:
    met = Requirement.of({"name": "a", "met": True, "otherwise": "never said"})
    unmet = Requirement.of({"name": "b", "met": False, "otherwise": "no kvm: load it\n", "admin": True})
    assert [each.finding for each in doctor.unmet([met, unmet])] == ["no kvm: load it [needs an administrator]"]


@pytest.mark.parametrize(("more", "clashes"), [("", []), (VPN, ["10.0.0.0/8 (tun0)"]), (POD, ["10.43.0.0/16 (wg0)"])])
def test_networks_that_hide_the_pods_are_found(tmp_path: Path, more: str, clashes: list[str]) -> None:
    (tmp_path / "route").write_text(ROUTES + more)
    assert hypervisor.clashing_routes(tmp_path / "route") == clashes


def test_a_system_without_a_table_of_routes_is_not_asked(tmp_path: Path) -> None:
    assert hypervisor.clashing_routes(tmp_path / "route") == []


def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listing: str) -> None:
    path = tmp_path / "multipass"
    path.write_text(f"""#!/bin/sh
case $1 in version) echo '{{"multipass": "1.16.3", "multipassd": "1.16.3"}}';; list) {listing};; esac
""")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")


def test_multipass_is_known_by_its_daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, monkeypatch, """echo '{"list": []}'""")
    expected = {"installed": True, "version": "1.16.3", "error": "", "snap": False}
    assert hypervisor.multipass_facts(ask=True) == expected
    assert hypervisor.multipass_facts(ask=False) == {**expected, "version": ""}


def test_a_daemon_that_refuses_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, monkeypatch, "echo 'list failed: multipass socket access denied' >&2; exit 2")
    assert hypervisor.multipass_facts(ask=True)["error"] == "list failed: multipass socket access denied"
