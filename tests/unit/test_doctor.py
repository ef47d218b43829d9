"""What the check of the controller finds, and its last line."""

from __future__ import annotations

from pathlib import Path

import pytest
from crud_lab import doctor, hypervisor
from crud_lab.doctor import Requirement


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


def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listing: str, driver: str = "echo qemu") -> None:
    path = tmp_path / "multipass"
    path.write_text(f"""#!/bin/sh
case $1 in version) echo '{{"multipass": "1.16.3", "multipassd": "1.16.3"}}';; list) {listing};; get) {driver};; esac
""")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")


def test_multipass_is_known_by_its_daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, monkeypatch, """echo '{"list": []}'""")
    expected = {"installed": True, "version": "1.16.3", "driver": "qemu", "error": "", "snap": False}
    assert hypervisor.multipass_facts(ask=True) == expected
    assert hypervisor.multipass_facts(ask=False) == {**expected, "version": "", "driver": ""}


def test_a_daemon_that_refuses_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, monkeypatch, "echo 'list failed: multipass socket access denied' >&2; exit 2")
    assert hypervisor.multipass_facts(ask=True)["error"] == "list failed: multipass socket access denied"


def test_a_driver_that_is_not_told_is_no_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(
        tmp_path, monkeypatch, """echo '{"list": []}'""", 'echo "get failed: Unrecognized settings key" >&2; exit 2'
    )
    facts = hypervisor.multipass_facts(ask=True)
    assert (facts["driver"], facts["error"]) == ("", "")


@pytest.mark.parametrize(
    ("driver", "fault"), [("qemu", False), ("applevz", False), ("", False), ("virtualbox", True), ("lxd", True)]
)
def test_only_drivers_that_will_not_do_are_refused(driver: str, *, fault: bool) -> None:
    assert bool(hypervisor.driver_fault(driver)) is fault
