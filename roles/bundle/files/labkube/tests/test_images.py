import json
import time
from pathlib import Path

import pytest
from labkube import images, paths


def test_the_first_pods_images_come_first(tmp_path):
    for name in ("app.tar", "coredns.tar", "pause.tar", "notes.txt", "more.tar.gz"):
        (tmp_path / name).write_text(name)
    names = [path.name for path in images.pending(tmp_path, {}, ["pause", "coredns"])]
    assert names == ["pause.tar", "coredns.tar", "app.tar", "more.tar.gz"]


def test_an_imported_archive_is_not_imported_again(tmp_path):
    archive = tmp_path / "app.tar"
    archive.write_text("one")
    imported = {"app.tar": images.fingerprint(archive)}
    assert images.pending(tmp_path, imported, []) == []
    archive.write_text("another")
    assert images.pending(tmp_path, imported, []) == [archive]


def test_a_link_counts_by_what_it_leads_to(tmp_path):
    bundle = tmp_path / "bundle.tar"
    bundle.write_text("one")
    directory = tmp_path / "images"
    directory.mkdir()
    link = directory / "app.tar"
    link.symlink_to(bundle)
    imported = {"app.tar": images.fingerprint(link)}
    bundle.write_text("another")
    assert images.pending(directory, imported, []) == [link]


def test_a_link_to_nothing_is_no_archive(tmp_path):
    (tmp_path / "app.tar").symlink_to(tmp_path / "gone")
    assert images.pending(tmp_path, {}, []) == []


@pytest.fixture
def importer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Makes an importer whose ctr takes every archive but those that say 'broken'."""
    monkeypatch.setattr(paths, "IMAGES", tmp_path / "images")
    monkeypatch.setattr(paths, "IMPORTED", tmp_path / "imported.json")
    paths.IMAGES.mkdir()
    ctr = tmp_path / "ctr"
    ctr.write_text('#!/bin/sh\nfor archive; do :; done\n! grep broken "$archive" >&2\n')
    ctr.chmod(0o755)

    def run() -> images.Importer:
        importer = images.Importer(ctr, ["pause"])
        importer.start()
        while not importer.done():
            time.sleep(0.01)
        return importer

    return run


def test_what_was_imported_is_recorded(importer):
    (paths.IMAGES / "pause.tar").write_text("fine")
    assert importer().error == ""
    assert list(json.loads(paths.IMPORTED.read_text())) == ["pause.tar"]


def test_a_users_broken_archive_harms_nothing_else(importer, capfd: pytest.CaptureFixture[str]):
    (paths.IMAGES / "pause.tar").write_text("fine")
    (paths.IMAGES / "mine.tar").write_text("broken")
    (paths.IMAGES / "other.tar").write_text("fine")
    assert importer().error == ""
    assert set(json.loads(paths.IMPORTED.read_text())) == {"other.tar", "pause.tar"}
    assert "not imported: " in capfd.readouterr().out


def test_without_the_first_images_nothing_can_start(importer):
    (paths.IMAGES / "pause.tar").write_text("broken")
    assert importer().error.endswith("pause.tar: broken")
