"""The store: what a manifest says is there, whole, whatever was killed and whenever."""

import json
import os
import threading
from pathlib import Path

import pytest
from bundler.errors import BundleError
from bundler.store import Artefact, Store

ARTEFACT = Artefact(kind="image", version="1", source="a test", checksum="none", inputs="abc", seconds=0.5)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "bundle", {"source": "packages", "platform": "linux-amd64"})


def put(store: Store, name: str, relative: str, content: str) -> Artefact:
    with store.workshop() as work:
        made = work / "made"
        made.write_text(content)
        return store.record(name, ARTEFACT, {relative: made})


def test_an_absent_directory_is_an_empty_store(store: Store) -> None:
    assert store.artefacts() == {}
    assert not store.root.exists()


def test_what_was_recorded_is_read_back(store: Store) -> None:
    recorded = put(store, "one", "images/one.tar", "content")
    assert store.artefacts() == {"one": recorded}
    assert recorded.files[0].size == 7
    assert store.complete(recorded)
    assert store.damaged(["one"]) == []


def test_files_are_as_old_as_whole_seconds_can_say(store: Store) -> None:
    """k3s notes whole seconds: a file with a fraction was newer than its note, and imported again at each start."""
    with store.workshop() as work:
        (work / "made").write_text("content")
        os.utime(work / "made", (1_800_000_000.75, 1_800_000_000.75))
        store.record("one", ARTEFACT, {"images/one.tar": work / "made"})
    assert (store.root / "images/one.tar").stat().st_mtime_ns == 1_800_000_000 * 10**9


def test_the_manifest_names_its_source_and_platform(store: Store) -> None:
    put(store, "one", "one", "content")
    document = json.loads(store.manifest_path.read_text())
    assert {key: document[key] for key in ("schema", "source", "platform")} == {
        "schema": 1,
        "source": "packages",
        "platform": "linux-amd64",
    }
    assert document["artefacts"]["one"]["from"] == "a test"


def test_one_flipped_bit_is_named_with_both_sums(store: Store) -> None:
    recorded = put(store, "one", "images/one.tar", "content")
    path = store.root / "images/one.tar"
    path.write_text("cOntent")
    (sentence,) = store.damaged(["one"])
    assert str(path) in sentence
    assert recorded.files[0].sha256 in sentence
    assert sentence.count("sha256") == 1
    assert "Delete the file" in sentence


def test_a_deleted_file_is_incomplete_and_not_damaged(store: Store) -> None:
    recorded = put(store, "one", "one", "content")
    (store.root / "one").unlink()
    assert not store.complete(recorded)
    assert store.damaged(["one"]) == []


def test_files_of_an_earlier_version_go(store: Store) -> None:
    put(store, "one", "one-1.deb", "old")
    put(store, "two", "two", "other")
    put(store, "one", "one-2.deb", "new")
    assert sorted(path.name for path in store.root.iterdir() if path.suffix == ".deb") == ["one-2.deb"]
    assert (store.root / "two").is_file()


def test_a_build_killed_before_the_manifest_was_written_does_not_count(store: Store) -> None:
    with store.workshop() as work:
        (work / "half").write_text("half")
        (store.root / "images").mkdir()
        (work / "half").replace(store.root / "images/one.tar")
    assert store.artefacts() == {}
    put(store, "one", "images/one.tar", "whole")
    assert store.damaged(["one"]) == []


def test_what_a_killed_build_left_in_the_workshop_goes(store: Store) -> None:
    (store.root / ".work").mkdir(parents=True)
    (store.root / ".work/left-over").write_text("x")
    with store.workshop() as work:
        assert list(work.iterdir()) == []
    assert not (store.root / ".work").exists()


def test_a_second_writer_waits_for_the_first(store: Store) -> None:
    entered = threading.Event()
    order = []

    def second() -> None:
        entered.set()
        put(store, "two", "two", "second")
        order.append("second")

    with store.workshop():
        thread = threading.Thread(target=second)
        thread.start()
        entered.wait()
        thread.join(0.2)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]


@pytest.mark.parametrize(
    "content",
    [
        "not json",
        "[]",
        "{}",
        '{"schema": 1}',
        '{"schema": 99, "artefacts": {}}',
        '{"schema": 1, "artefacts": {"a": {}}}',
    ],
)
def test_an_unreadable_manifest_is_one_sentence_with_the_fix(store: Store, content: str) -> None:
    store.root.mkdir()
    store.manifest_path.write_text(content)
    with pytest.raises(BundleError, match=r"manifest\.json can't be read .*: delete it"):
        store.artefacts()


OUTSIDE = ["/etc/passwd", "../kept", "images/../../kept", "link/kept", "images//one.tar", "./one", "", "."]


def point_outside(store: Store, path: str) -> None:
    """Write into the manifest what somebody else's stick may hold."""
    document = json.loads(store.manifest_path.read_text())
    document["artefacts"]["one"]["files"][0]["path"] = path
    store.manifest_path.write_text(json.dumps(document))
    (store.root / "link").symlink_to(store.root.parent)


@pytest.mark.parametrize("path", OUTSIDE)
def test_a_manifest_that_names_what_is_outside_deletes_nothing(store: Store, path: str) -> None:
    put(store, "one", "images/one.tar", "content")
    kept = store.root.parent / "kept"
    kept.write_text("somebody else's")
    point_outside(store, path)
    before = store.manifest_path.read_text()
    with pytest.raises(
        BundleError, match=r"manifest\.json names '.*', which leads out of that directory: copy the bundle"
    ):
        store.forget(["one"])
    assert kept.read_text() == "somebody else's"
    assert store.manifest_path.read_text() == before


def test_nothing_is_put_outside(store: Store) -> None:
    with pytest.raises(BundleError, match="leads out of that directory"):
        put(store, "one", "../kept", "content")
    assert not (store.root.parent / "kept").exists()


def test_a_bundle_may_be_reached_by_a_link(store: Store) -> None:
    recorded = put(store, "one", "images/one.tar", "content")
    link = store.root.parent / "link"
    link.symlink_to(store.root)
    assert Store(link, {}).artefacts() == {"one": recorded}
