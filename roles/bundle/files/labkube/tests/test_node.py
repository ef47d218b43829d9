from pathlib import Path

import pytest
from labkube import node


def test_name_servers_that_pods_can_not_reach_are_left_out():
    text = "search example.org\nnameserver 127.0.0.11\nnameserver 192.0.2.53\noptions ndots:0\n"
    assert node.resolv_conf(text) == "search example.org\nnameserver 192.0.2.53\noptions ndots:0\n"


@pytest.mark.parametrize("text", ["nameserver 127.0.0.53\nnameserver ::1\n", "search example.org\n", ""])
def test_no_public_resolver_is_asked_in_place_of_one_that_is_missing(tmp_path: Path, text: str):
    (tmp_path / "own").write_text(text)
    assert not node.write_resolv_conf(tmp_path / "pods", [tmp_path / "own", tmp_path / "no systemd-resolved"])
    assert (tmp_path / "pods").read_text() == ""


def test_behind_systemd_resolved_stand_the_name_servers_that_pods_can_reach(tmp_path: Path):
    (tmp_path / "own").write_text("nameserver 127.0.0.53\nsearch example.org\n")
    (tmp_path / "resolved").write_text("nameserver 192.0.2.53\n")
    assert node.write_resolv_conf(tmp_path / "pods", [tmp_path / "own", tmp_path / "resolved"])
    assert (tmp_path / "pods").read_text() == "nameserver 192.0.2.53\n"
