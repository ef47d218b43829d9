"""What only a node's distribution can resolve: fetched by its apt, whole or not at all, and hashed like all else."""

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from bundler import node
from bundler.errors import BundleError
from bundler.files import sha256_of
from bundler.node import node_recipe
from bundler.source import Source
from bundler.workshop import Workshop

PLATFORM = "ubuntu-24.04-amd64"
NAME = f"debs-{PLATFORM}"
# ssh's place is taken by a shell on this machine: the node is this machine.
HERE = ("sh", "-c")


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "bundle", tmp_path / "cache", Source("packages", {}))


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A distribution whose docker.io needs another package, and a node where nothing is installed."""
    if shutil.which("apt-get") is None:
        pytest.skip("apt-get is Debian's and Ubuntu's")
    directory = tmp_path / "archive"
    index = ""
    for name, depends in {"docker.io": "lab-runc", "lab-runc": "", "lab-other": ""}.items():
        control = tmp_path / name / "DEBIAN/control"
        control.parent.mkdir(parents=True)
        control.parent.chmod(0o755)
        fields = f"Package: {name}\nVersion: 1:2.0+lab\nArchitecture: all\nMaintainer: lab <lab@example.org>\n"
        fields += f"Depends: {depends}\n" if depends else ""
        control.write_text(f"{fields}Description: a test\n in two lines: this one\n")
        directory.mkdir(exist_ok=True)
        package = directory / f"{name}.deb"
        subprocess.run(["dpkg-deb", "--build", control.parents[1], package], check=True, capture_output=True)
        size = package.stat().st_size
        index += f"{control.read_text()}Filename: ./{name}.deb\nSize: {size}\nSHA256: {sha256_of(package)}\n\n"
    (directory / "Packages").write_text(index)
    sources = tmp_path / "sources.list"
    sources.write_text(f"deb [trusted=yes] copy:{directory} ./\n")
    status = tmp_path / "status"
    status.touch()
    monkeypatch.setenv("APT_SOURCES", str(sources))
    monkeypatch.setattr(node, "STATUS", str(status))
    return directory


def sent(shop: Workshop, tmp_path: Path, files: dict[str, str]) -> dict[str, object]:
    """Save what a node sends, whatever its apt would do."""
    with tarfile.open(tmp_path / "sent.tar", "w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content.encode()))
    return shop.make(node_recipe(PLATFORM, ("sh", "-c", f"cat > /dev/null; cat {tmp_path}/sent.tar")))


def manifest(shop_dir: Path) -> dict[str, dict[str, object]]:
    artefacts: dict[str, dict[str, object]] = json.loads((shop_dir / "bundle/manifest.json").read_text())["artefacts"]
    return artefacts


@pytest.mark.usefixtures("archive")
def test_the_package_and_what_it_needs_are_saved_once(shop: Workshop, tmp_path: Path) -> None:
    assert shop.make(node_recipe(PLATFORM, HERE))["changed"]
    artefact = manifest(tmp_path)[NAME]
    assert artefact["version"] == "1:2.0+lab"
    assert artefact["from"] == f"{PLATFORM}'s own apt on a node, 2 packages by its signed indexes"
    names = {path.name.partition("_")[0] for path in (tmp_path / "bundle/debs" / PLATFORM).iterdir()}
    assert names == {"Packages", "Packages.gz", "docker.io", "lab-runc"}
    assert not shop.make(node_recipe(PLATFORM, HERE))["changed"]
    assert shop.plan()["artefacts"] == 1


def test_what_apt_refuses_is_one_sentence_with_the_fix(shop: Workshop, archive: Path, tmp_path: Path) -> None:
    (archive / "docker.io.deb").write_bytes(b"tampered")
    with pytest.raises(BundleError, match=rf"no Docker Engine for {PLATFORM}.*\(E: .*network.*debs/{PLATFORM}"):
        shop.make(node_recipe(PLATFORM, HERE))
    assert not (tmp_path / "bundle/debs").exists()


def test_what_does_not_arrive_whole_is_not_saved(shop: Workshop, tmp_path: Path) -> None:
    index = "Package: docker.io\nVersion: 1\nFilename: ./docker.io.deb\nSHA256: 00\n"
    for files in ({}, {"Packages": index}, {"Packages": index, "docker.io.deb": "half"}, {"docker.io.deb": "whole"}):
        with pytest.raises(BundleError, match="did not arrive whole"):
            sent(shop, tmp_path, files)
    assert not (tmp_path / "bundle/manifest.json").exists()


def test_a_repository_without_docker_is_refused(shop: Workshop, tmp_path: Path) -> None:
    content = "whole"
    digest = hashlib.sha256(content.encode()).hexdigest()
    index = f"Package: lab-runc\nVersion: 1\nFilename: ./lab-runc.deb\nSHA256: {digest}\n"
    with pytest.raises(BundleError, match=rf"No docker.io among the packages for {PLATFORM}"):
        sent(shop, tmp_path, {"Packages": index, "lab-runc.deb": content})
    assert not (tmp_path / "bundle/manifest.json").exists()


@pytest.mark.usefixtures("archive")
def test_a_damaged_package_stops_the_plan_and_a_missing_one_is_forgotten(shop: Workshop, tmp_path: Path) -> None:
    shop.make(node_recipe(PLATFORM, HERE))
    (package,) = (tmp_path / "bundle/debs" / PLATFORM).glob("docker.io_*.deb")
    content = package.read_bytes()
    package.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    with pytest.raises(BundleError, match=rf"\({NAME}\) is damaged"):
        shop.plan()
    package.unlink()
    (step,) = shop.plan()["steps"]
    assert (step["name"], step["reason"]) == (NAME, "a file is missing")
    assert shop.build(NAME)["changed"]
    assert manifest(tmp_path) == {}
    assert shop.plan()["steps"] == []
