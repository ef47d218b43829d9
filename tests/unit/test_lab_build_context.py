"""The image's tag follows from its sources: it changes with each of them, and with nothing else."""

from __future__ import annotations

import copy
import hashlib
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from crud_lab.build_context import BuildContext
from crud_lab.errors import LabError

APP = Path(__file__).parents[2] / "app"
WHEEL = b"a wheel"
MANIFEST: dict[str, Any] = {
    "artefacts": {
        "wheels": {"files": [{"path": "wheels/cp313/a.whl", "sha256": hashlib.sha256(WHEEL).hexdigest(), "size": 7}]},
        "python": {"reference": "localhost/python:3.13", "files": [{"path": "images/python.tar", "sha256": "b" * 64}]},
    }
}
BUILT_FROM = ["Dockerfile", "requirements/app.txt", "src/crud_api/main.py", "wheels/a.whl"]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    wheel = tmp_path / "bundle/wheels/cp313/a.whl"
    wheel.parent.mkdir(parents=True)
    wheel.write_bytes(WHEEL)
    return tmp_path / "bundle"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    directory = tmp_path / "app"
    for name in ("Dockerfile", "requirements/app.txt", "requirements/test.txt", "src/crud_api/main.py", "tests/t.py"):
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    (directory / ".dockerignore").write_text("*\n!src\n!requirements/app.txt\n!wheels\n**/__pycache__\n")
    return directory


def content_hash(app: Path, bundle: Path, manifest: dict[str, Any] = MANIFEST) -> str:
    return BuildContext.collect(app, manifest, bundle).content_hash


def test_the_context_is_what_dockerignore_lets_through_and_the_wheels(app: Path, bundle: Path) -> None:
    context = BuildContext.collect(app, MANIFEST, bundle)
    assert [entry.name for entry in context.entries] == BUILT_FROM
    assert context.base["reference"] == "localhost/python:3.13"


def _edit(app: Path) -> None:
    (app / "src/crud_api/main.py").write_text("edited", encoding="utf-8")


def _add(app: Path) -> None:
    (app / "src/crud_api/new.py").touch()


def _rename(app: Path) -> None:
    (app / "src/crud_api/main.py").rename(app / "src/crud_api/name.py")


def _make_a_program(app: Path) -> None:
    (app / "src/crud_api/main.py").chmod(0o755)


@pytest.mark.parametrize("change", [_edit, _add, _rename, _make_a_program])
def test_each_change_of_the_sources_is_another_image(app: Path, bundle: Path, change: Callable[[Path], None]) -> None:
    before = content_hash(app, bundle)
    change(app)
    assert content_hash(app, bundle) != before


@pytest.mark.parametrize("artefact", ["wheels", "python"])
def test_another_wheel_or_base_is_another_image(app: Path, bundle: Path, artefact: str) -> None:
    manifest = copy.deepcopy(MANIFEST)
    manifest["artefacts"][artefact]["files"][0]["sha256"] = "c" * 64
    assert content_hash(app, bundle, manifest) != content_hash(app, bundle)


def test_dates_umask_bytecode_and_tests_are_not_in_the_hash(app: Path, bundle: Path) -> None:
    before = content_hash(app, bundle)
    source = app / "src/crud_api/main.py"
    os.utime(source, (1, 1))
    source.chmod(0o600)
    (app / "src/crud_api/__pycache__").mkdir()
    (app / "src/crud_api/__pycache__/main.pyc").touch()
    (app / "tests/t.py").write_text("edited", encoding="utf-8")
    assert content_hash(app, bundle) == before


def test_equal_content_is_an_equal_archive_without_dates_and_owners(app: Path, bundle: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "state/1.tar.gz", tmp_path / "state/2.tar.gz"
    BuildContext.collect(app, MANIFEST, bundle).write(first)
    os.utime(app / "Dockerfile", (1, 1))
    BuildContext.collect(app, MANIFEST, bundle).write(second)
    assert first.read_bytes() == second.read_bytes()
    with tarfile.open(first) as tar:
        assert tar.getnames() == BUILT_FROM
        assert {(member.mtime, member.uid, member.uname, member.mode) for member in tar} == {(0, 0, "", 0o644)}


def test_an_incomplete_bundle_names_the_tag_to_run(app: Path, bundle: Path) -> None:
    with pytest.raises(LabError, match="The bundle has no wheels: run "):
        content_hash(app, bundle, {"artefacts": {}})


def test_a_spoilt_wheel_is_not_built_into_an_image(app: Path, bundle: Path, tmp_path: Path) -> None:
    wheel, archive = bundle / "wheels/cp313/a.whl", tmp_path / "state/1.tar.gz"
    wheel.write_bytes(b"A wheel")
    with pytest.raises(LabError, match=r"a\.whl has the SHA-256 \w{64} instead of \w{64}: run "):
        BuildContext.collect(app, MANIFEST, bundle).write(archive)
    wheel.unlink()
    with pytest.raises(LabError, match=r"a\.whl can't be read"):
        BuildContext.collect(app, MANIFEST, bundle).write(archive)
    assert not archive.exists()


def test_a_link_is_refused(app: Path, bundle: Path) -> None:
    (app / "src/link.py").symlink_to("crud_api/main.py")
    with pytest.raises(LabError, match=r"link\.py is no regular file"):
        content_hash(app, bundle)


def test_a_missing_file_is_named(app: Path, bundle: Path) -> None:
    (app / "Dockerfile").unlink()
    with pytest.raises(LabError, match="Dockerfile is no regular file"):
        content_hash(app, bundle)
    (app / ".dockerignore").unlink()
    with pytest.raises(LabError, match=r"\.dockerignore can't be read"):
        content_hash(app, bundle)


def test_the_context_of_the_app_has_all_that_its_dockerfile_copies(bundle: Path) -> None:
    names = {entry.name for entry in BuildContext.collect(APP, MANIFEST, bundle).entries}
    lines = (APP / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    for source in copied:
        assert any(name == source or name.startswith(source) for name in names), source
    assert not any(name.startswith("tests/") for name in names)
