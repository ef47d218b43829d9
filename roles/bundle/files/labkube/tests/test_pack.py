import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pack
import pytest
from labkube.payload import HYPERKUBE_LINKS, Payload

IMAGES = {
    name: f"localhost/{name}:1"
    for name in ("coredns", "local-path-helper", "local-path-provisioner", "metrics-server", "pause", "skipper")
}


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    directory = tmp_path / "programs"
    directory.mkdir()
    for name in pack.PROGRAMS:
        program = directory / name
        program.write_text(f'#!/bin/sh\necho "{name} v1.36.3"\n')
        program.chmod(0o755)
    return directory


@pytest.fixture
def packed(tmp_path: Path, programs: Path) -> Path:
    output = tmp_path / "k3s"
    pack.pack(programs, IMAGES, output)
    return output


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path, programs: Path, packed: Path):
    for name in pack.PROGRAMS:
        (programs / name).touch()
    again = tmp_path / "again"
    pack.pack(programs, dict(reversed(IMAGES.items())), again)
    assert again.read_bytes() == packed.read_bytes()


def test_another_program_gives_another_hash(tmp_path: Path, programs: Path, packed: Path):
    with (programs / "runc").open("a") as stream:
        stream.write("# newer\n")
    again = tmp_path / "again"
    pack.pack(programs, IMAGES, again)
    assert Payload.open(again).hash != Payload.open(packed).hash


def test_the_packed_file_says_what_it_is(packed: Path):
    said = subprocess.run([packed, "--version"], capture_output=True, text=True, check=True).stdout
    assert said.startswith("labkube version v1.36.3+labkube (")
    assert "not k3s" in said


def test_an_unknown_command_is_refused(packed: Path):
    result = subprocess.run([packed, "agent"], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "no command 'agent'" in result.stderr


def test_programs_are_stored_as_they_are(packed: Path):
    with zipfile.ZipFile(packed) as bundle:
        entries = {entry.filename: entry for entry in bundle.infolist()}
        assert {name for name in entries if name.startswith("bin/")} == {f"bin/{name}" for name in pack.PROGRAMS}
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in entries.values())
        assert json.loads(bundle.read("build.json"))["images"] == IMAGES


def test_unpacking_happens_once_and_is_complete(tmp_path: Path, packed: Path):
    payload = Payload.open(packed)
    data = tmp_path / "data"
    programs = payload.unpacked(data)
    said = subprocess.run([programs / "kubectl"], capture_output=True, text=True, check=True).stdout
    assert said == "hyperkube v1.36.3\n"
    assert {path.name for path in programs.iterdir()} == {*pack.PROGRAMS, *HYPERKUBE_LINKS}
    before = (programs / "runc").stat().st_ino
    payload.unpacked(data)
    assert (programs / "runc").stat().st_ino == before


def test_the_version_before_stays_until_the_next(tmp_path: Path, programs: Path, packed: Path):
    data = tmp_path / "data"
    hashes = [Payload.open(packed).hash]
    Payload.open(packed).activate(data)
    for number in (2, 3):
        with (programs / "runc").open("a") as stream:
            stream.write("# newer\n")
        newer = tmp_path / f"k3s-{number}"
        pack.pack(programs, IMAGES, newer)
        hashes.append(Payload.open(newer).hash)
        Payload.open(newer).activate(data)
    Payload.open(newer).activate(data)
    assert {path.name for path in data.iterdir()} == {"current", *hashes[1:]}
    assert (data / "current").readlink() == Path(hashes[2])


def test_a_missing_program_is_named(programs: Path, tmp_path: Path):
    (programs / "kine").unlink()
    with pytest.raises(pack.PackError, match="lacks kine"):
        pack.pack(programs, IMAGES, tmp_path / "k3s")


def test_a_missing_image_is_named(programs: Path, tmp_path: Path):
    images = {name: reference for name, reference in IMAGES.items() if name != "skipper"}
    with pytest.raises(pack.PackError, match=r"--image is needed for .*skipper"):
        pack.pack(programs, images, tmp_path / "k3s")


def test_the_command_line(programs: Path, tmp_path: Path):
    argv = [sys.executable, pack.HERE / "pack.py", f"--bin-dir={programs}", f"--output={tmp_path / 'k3s'}"]
    argv += [f"--image={name}={reference}" for name, reference in IMAGES.items()]
    subprocess.run(argv, check=True)
    assert (tmp_path / "k3s").stat().st_mode & 0o111
