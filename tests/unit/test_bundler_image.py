"""Images made without a container engine."""

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from bundler.image import Settings, write_program_image, write_tree_image

SETTINGS = Settings("localhost/thing:1.0", entrypoint=("/bin/thing",), user="65535")


def member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as tar:
        stream = tar.extractfile(name)
        assert stream is not None
        return stream.read()


def parts(archive: Path) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    (index,) = json.loads(member(archive, "manifest.json"))
    (layer,) = index["Layers"]
    return index, json.loads(member(archive, index["Config"])), member(archive, layer)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "thing"
    path.write_bytes(b"\x7fELF program")
    return path


@pytest.fixture
def root_filesystem(tmp_path: Path) -> Path:
    path = tmp_path / "rootfs.tar"
    with tarfile.open(path, "w") as tar:
        for name, kind in (("./", tarfile.DIRTYPE), ("./dev", tarfile.DIRTYPE), ("./dev/null", tarfile.CHRTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type = kind
            entry.mode = 0o755
            tar.addfile(entry)
        entry = tarfile.TarInfo("./etc/os-release")
        entry.size = 4
        entry.mtime = 1234567
        tar.addfile(entry, io.BytesIO(b"NAME"))
    return path


def test_a_program_image_holds_the_program_alone(tmp_path: Path, program: Path) -> None:
    archive = tmp_path / "thing.tar"
    write_program_image(SETTINGS, program, "/bin/thing", archive)
    index, config, layer = parts(archive)
    assert index["RepoTags"] == ["localhost/thing:1.0"]
    assert config["config"]["Entrypoint"] == ["/bin/thing"]
    assert config["config"]["User"] == "65535"
    with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
        assert [(entry.name, entry.mode) for entry in tar] == [("bin", 0o755), ("bin/thing", 0o755)]


def test_a_program_image_holds_what_lies_beside_the_program(tmp_path: Path, program: Path) -> None:
    archive = tmp_path / "thing.tar"
    page = tmp_path / "page"
    page.write_text("page")
    beside = {"/static/ui/index.html": page, "/static/ui/assets/a.js": page}
    write_program_image(SETTINGS, program, "/bin/thing", archive, beside)
    _, _, layer = parts(archive)
    with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
        found = {entry.name: entry.mode for entry in tar}
        stream = tar.extractfile("static/ui/index.html")
        assert stream is not None
        assert stream.read() == b"page"
    directories = ["bin", "static", "static/ui", "static/ui/assets"]
    files = {"bin/thing": 0o755, "static/ui/index.html": 0o644, "static/ui/assets/a.js": 0o644}
    assert found == dict.fromkeys(directories, 0o755) | files
    assert list(found)[:4] == directories, "a directory is before what is in it"


def test_every_sum_in_an_image_is_true(tmp_path: Path, program: Path) -> None:
    archive = tmp_path / "thing.tar"
    write_program_image(SETTINGS, program, "/thing", archive)
    index, config, layer = parts(archive)
    assert config["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(layer).hexdigest()}"]
    assert index["Config"] == f"{hashlib.sha256(member(archive, index['Config'])).hexdigest()}.json"


def test_equal_content_makes_an_equal_file(tmp_path: Path, program: Path) -> None:
    for name in ("a.tar", "b.tar"):
        write_program_image(SETTINGS, program, "/thing", tmp_path / name)
        program.touch()
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()


def test_a_tree_image_holds_no_device_and_no_date(tmp_path: Path, root_filesystem: Path) -> None:
    archive = tmp_path / "tree.tar"
    write_tree_image(SETTINGS, root_filesystem, archive)
    _, _, layer = parts(archive)
    with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
        assert [(entry.name, entry.mtime) for entry in tar] == [("dev", 0), ("etc/os-release", 0)]


def test_no_layer_is_left_beside_the_archive(tmp_path: Path, program: Path) -> None:
    write_program_image(SETTINGS, program, "/thing", tmp_path / "thing.tar")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["thing", "thing.tar"]
