"""lab.json: what a stage learned is there for the next, and is never lost silently."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from crud_lab.errors import LabError
from crud_lab.learned import Learned


def test_facts_are_kept_by_stage(tmp_path: Path) -> None:
    learned = Learned(tmp_path / "state")
    assert learned.read() == {}
    assert learned.update("k3s", {"version": "1"}, write=True) == (None, {"version": "1"})
    assert learned.update("node", {"name": "n"}, write=True) == (None, {"name": "n"})
    assert learned.read() == {"k3s": {"version": "1"}, "node": {"name": "n"}}
    assert stat.S_IMODE(learned.path.stat().st_mode) == 0o600


def test_facts_replace_those_of_an_earlier_run(tmp_path: Path) -> None:
    learned = Learned(tmp_path)
    learned.update("k3s", {"version": "1", "old": True}, write=True)
    assert learned.update("k3s", {"version": "2"}, write=True) == ({"version": "1", "old": True}, {"version": "2"})
    assert learned.read() == {"k3s": {"version": "2"}}


def test_equal_facts_write_nothing(tmp_path: Path) -> None:
    learned = Learned(tmp_path)
    learned.update("k3s", {"ports": (1, 2)}, write=True)
    before = learned.path.stat()
    assert learned.update("k3s", {"ports": [1, 2]}, write=True) == ({"ports": [1, 2]}, {"ports": [1, 2]})
    assert learned.path.stat().st_ino == before.st_ino


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    learned = Learned(tmp_path)
    assert learned.update("k3s", {"version": "1"}, write=False) == (None, {"version": "1"})
    assert not learned.path.exists()


def test_facts_can_be_removed_twice(tmp_path: Path) -> None:
    learned = Learned(tmp_path)
    learned.update("k3s", {"version": "1"}, write=True)
    assert learned.update("k3s", None, write=True) == ({"version": "1"}, None)
    assert learned.update("k3s", None, write=True) == (None, None)
    assert learned.read() == {}


def test_files_that_go_with_a_stage_can_be_removed_twice(tmp_path: Path) -> None:
    learned = Learned(tmp_path)
    key, link, other = (tmp_path / name for name in ("key", "link", "other"))
    key.touch()
    other.touch()
    link.symlink_to("nowhere")
    names = ["key", "missing", "link"]
    assert learned.remove(names, write=False) == [key, link]
    assert key.exists()
    assert learned.remove(names, write=True) == [key, link]
    assert list(tmp_path.iterdir()) == [other]
    assert learned.remove(names, write=True) == []


def test_a_file_that_cant_be_removed_is_named(tmp_path: Path) -> None:
    (tmp_path / "key").mkdir()
    with pytest.raises(LabError, match="key can't be removed"):
        Learned(tmp_path).remove(["key"], write=True)


def test_missing_stages_come_in_the_order_asked_for(tmp_path: Path) -> None:
    learned = Learned(tmp_path)
    learned.update("k3s", {}, write=True)
    assert learned.missing(["image", "k3s", "bundle"]) == ["image", "bundle"]


@pytest.mark.parametrize("content", ["{", "[]", '{"k3s": 1}', '{"k3s": {}} x', "\xff"])
def test_a_file_broken_by_hand_is_named_and_left_alone(tmp_path: Path, content: str) -> None:
    learned = Learned(tmp_path)
    learned.path.write_bytes(content.encode("latin-1"))
    with pytest.raises(LabError, match=r"lab.json is broken .*: repair it, or delete it and run ansible-playbook"):
        learned.update("k3s", {"version": "1"}, write=True)
    assert learned.path.read_bytes() == content.encode("latin-1")


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned = Learned(tmp_path)
    learned.update("k3s", {"version": "1"}, write=True)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(LabError, match=r"can't be written .No space left on device"):
        learned.update("k3s", {"version": "2"}, write=True)
    assert json.loads(learned.path.read_text()) == {"k3s": {"version": "1"}}
    assert [path.name for path in tmp_path.iterdir()] == ["lab.json"]
