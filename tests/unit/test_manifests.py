"""Kubernetes objects as files."""

from __future__ import annotations

from pathlib import Path

import pytest
from crud_lab.errors import LabError
from crud_lab.manifests import Manifest, superseded

SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n"
KEY = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: key\ndata:\n  key: aHVudGVyMg==\n"


def test_a_template_may_hold_several_objects(tmp_path: Path) -> None:
    manifest = Manifest.parse(tmp_path / "two.yaml", f"{SETTINGS}---\n{KEY}---\n")
    assert [definition["kind"] for definition in manifest.definitions] == ["ConfigMap", "Secret"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [", "does not render to YAML"),
        ("- a\n", "no Kubernetes object"),
        ("kind: Pod\n", "no Kubernetes object"),
        (SETTINGS.replace("name: settings", "labels: {}"), "no Kubernetes object"),
    ],
)
def test_a_template_that_renders_to_something_else_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(LabError, match=rf"^The template of wrong\.yaml .*{sentence}"):
        Manifest.parse(tmp_path / "wrong.yaml", text)


def test_a_file_is_private_and_written_once(tmp_path: Path) -> None:
    path = tmp_path / "manifests" / "settings.yaml"
    manifest = Manifest.parse(path, SETTINGS)
    assert [diff["after"] for diff in manifest.write(dry_run=False)] == [SETTINGS]
    assert path.read_text() == SETTINGS
    assert path.stat().st_mode & 0o777 == 0o600
    assert manifest.write(dry_run=False) == []


def test_a_dry_run_writes_and_removes_nothing(tmp_path: Path) -> None:
    manifest = Manifest.parse(tmp_path / "settings.yaml", SETTINGS)
    assert manifest.write(dry_run=True)
    assert not manifest.path.exists()
    manifest.write(dry_run=False)
    assert manifest.remove(dry_run=True)
    assert manifest.path.exists()


def test_a_file_is_removed_once(tmp_path: Path) -> None:
    manifest = Manifest.parse(tmp_path / "settings.yaml", SETTINGS)
    manifest.write(dry_run=False)
    assert [diff["before"] for diff in manifest.remove(dry_run=False)] == [SETTINGS]
    assert manifest.remove(dry_run=False) == []


def test_no_difference_shows_what_a_secret_holds(tmp_path: Path) -> None:
    manifest = Manifest.parse(tmp_path / "key.yaml", KEY)
    diffs = [*manifest.write(dry_run=False), *manifest.remove(dry_run=False)]
    assert len(diffs) == 2
    assert "aHVudGVyMg==" not in str(diffs)


def test_files_of_an_earlier_version_are_told_from_those_of_others(tmp_path: Path) -> None:
    for name in ("10-app-01-namespace.yaml", "10-app-02-key.yaml", "20-other-01-namespace.yaml"):
        Manifest.parse(tmp_path / name, SETTINGS).write(dry_run=False)
    current = Manifest.parse(tmp_path / "10-app-01-namespace.yaml", SETTINGS)
    stale = superseded([current], "10-app-[0-9][0-9]-*.yaml")
    assert [manifest.path.name for manifest in stale] == ["10-app-02-key.yaml"]
