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
    for name, depends in {"docker.io": "lab-runc", "lab-runc": "", "lab-other": ""}.items():
        add_package(directory, name, depends)
    sources = tmp_path / "sources.list"
    sources.write_text(f"deb [trusted=yes] copy:{directory} ./\n")
    status = tmp_path / "status"
    status.touch()
    monkeypatch.setenv("APT_SOURCES", str(sources))
    monkeypatch.setattr(node, "STATUS", str(status))
    return directory


def add_package(directory: Path, name: str, depends: str = "") -> None:
    """Build a package and add it to an archive."""
    control = directory.parent / name / "DEBIAN/control"
    control.parent.mkdir(parents=True)
    control.parent.chmod(0o755)
    fields = f"Package: {name}\nVersion: 1:2.0+lab\nArchitecture: all\nMaintainer: lab <lab@example.org>\n"
    fields += f"Depends: {depends}\n" if depends else ""
    control.write_text(f"{fields}Description: a test\n in two lines: this one\n")
    directory.mkdir(exist_ok=True)
    package = directory / f"{name}.deb"
    subprocess.run(["dpkg-deb", "--build", control.parents[1], package], check=True, capture_output=True)
    size = package.stat().st_size
    with (directory / "Packages").open("a") as index:
        index.write(f"{control.read_text()}Filename: ./{name}.deb\nSize: {size}\nSHA256: {sha256_of(package)}\n\n")


def names_of(debs: Path) -> set[str]:
    """Give the names of the packages, without their versions, and of the index."""
    return {path.name.partition("_")[0] for path in debs.iterdir()}


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
    assert names_of(tmp_path / "bundle/debs" / PLATFORM) == {"Packages", "Packages.gz", "docker.io", "lab-runc"}
    assert not shop.make(node_recipe(PLATFORM, HERE))["changed"]
    assert shop.plan()["artefacts"] == 1


def test_the_client_and_the_builder_are_saved_where_they_are_packages_of_their_own(
    shop: Workshop, archive: Path, tmp_path: Path
) -> None:
    """Bug: Debian 13 and Ubuntu got an engine without `docker`, or one that could build no image."""
    add_package(archive, "docker-cli")
    add_package(archive, "docker-buildx", "lab-other")
    assert shop.make(node_recipe(PLATFORM, HERE))["changed"]
    fetched = {"docker.io", "lab-runc", "docker-cli", "docker-buildx", "lab-other"}
    assert names_of(tmp_path / "bundle/debs" / PLATFORM) == {"Packages", "Packages.gz", *fetched}


@pytest.mark.usefixtures("archive")
def test_packages_that_were_fetched_in_another_way_are_fetched_anew(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bug: a bundle with an engine that can build no image would have gone on to give it to each new node."""
    with monkeypatch.context() as earlier:
        earlier.setattr(node, "DOCKER_PARTS", ())
        shop.make(node_recipe(PLATFORM, HERE))
        assert shop.plan()["steps"] == []
    (step,) = shop.plan()["steps"]
    assert (step["name"], step["reason"]) == (NAME, "what it is made from changed")
    assert shop.build(NAME)["changed"]
    assert manifest(tmp_path) == {}


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
    with pytest.raises(BundleError, match=rf"No docker.io among the packages for debs/{PLATFORM}"):
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
