"""Artefacts made of Debian packages, from the mirrors of the machine's own apt; apt checks the archive's signature."""

import tarfile
from dataclasses import dataclass
from pathlib import Path

from .errors import BundleError
from .image import Settings, write_tree_image
from .recipe import ROLE_FILES, Context, Product, Recipe, Tools, architecture

NODE = ROLE_FILES / "node"
NODE_SUITE = "trixie"
NODE_DISTRIBUTION = "debian-13"
# What a node needs besides its root file system, by Debian's and Ubuntu's names: Docker Engine, and its client and
# BuildKit's builder where they are packages of their own. Debian 12 has all three in one.
DOCKER = "docker.io"
DOCKER_PARTS = ("docker-cli", "docker-buildx")
RECORD_PACKAGES = ROLE_FILES / "debian/record-packages.sh"
# What apt checked: the archive's signature covers the index, the index each package.
CHECKSUM = "packages' sums, signed by the Debian archive"


@dataclass(frozen=True)
class TreeImage:
    """An image whose root file system is Debian packages.

    `directory` below the role's files holds packages.txt and customize.sh; `version_of` is the package whose upstream
    version is the image's, `version_parts` how many of its parts name the image.
    """

    name: str
    suite: str
    version_of: str
    version_parts: int
    entrypoint: tuple[str, ...]
    usual_seconds: int


def packages_in(directory: Path) -> list[str]:
    """Read a packages.txt: one name a line, comments after #."""
    lines = (directory / "packages.txt").read_text(encoding="utf-8").splitlines()
    return [name for line in lines if (name := line.partition("#")[0].strip())]


def upstream_version(debian_version: str, parts: int) -> str:
    """Return the leading parts of the upstream version inside a Debian one: 5:8.0.2-3+deb13u1 is 8.0.2."""
    upstream = debian_version.rpartition(":")[2].partition("-")[0].partition("+")[0]
    return ".".join(upstream.split(".")[:parts])


def index_of(repository: Path) -> list[dict[str, str]]:
    """Read the index of a flat apt repository: the fields of each package that fit on one line."""
    text = (repository / "Packages").read_text(encoding="utf-8")
    return [
        dict(line.split(": ", 1) for line in stanza.splitlines() if not line.startswith(" ") and ": " in line)
        for stanza in text.strip().split("\n\n")
    ]


def repository_product(repository: Path, target: str, source: str, checksum: str) -> Product:
    """Describe a flat apt repository with Docker Engine, `target` being its directory in the bundle.

    Raises:
        BundleError: Docker Engine is not in it.
    """
    versions = [package["Version"] for package in index_of(repository) if package["Package"] == DOCKER]
    if not versions:
        raise BundleError(
            f"No {DOCKER} among the packages for {target}: the newest log in the build cache tells what apt chose."
        )
    return Product(
        version=versions[0],
        source=source,
        checksum=checksum,
        files={f"{target}/{path.name}": path for path in sorted(repository.iterdir())},
    )


def rootfs_recipe() -> Recipe:
    """Make the node's root file system."""

    def build(context: Context, work: Path) -> Product:
        target = work / "rootfs.tar"
        context.run(["sh", NODE / "build-rootfs.sh", NODE_SUITE, target])
        return Product(
            version=_debian_version(target),
            source=f"Debian {NODE_SUITE}, {len(packages_in(NODE))} packages and what they depend on",
            checksum=CHECKSUM,
            files={"node/rootfs.tar": target},
        )

    return Recipe(
        name="rootfs",
        kind="rootfs",
        usual_seconds=50,
        build=build,
        sources=tuple(
            NODE / name for name in ("build-rootfs.sh", "apt-sources.sh", "customize.sh", "dpkg.cfg", "packages.txt")
        ),
        parameters=(NODE_SUITE,),
        tools=Tools.DEBIAN,
    )


def debs_recipe(rootfs: Recipe) -> Recipe:
    """Make the apt repository with which a container node gets Docker Engine without a network.

    A virtual machine has one of its own, even where it runs the same distribution: it may lack other packages.
    """

    def build(context: Context, work: Path) -> Product:
        repository = work / "debs"
        lacking = context.bundle.root / "node/rootfs.tar"
        context.run(["sh", NODE / "resolve-debs.sh", NODE_SUITE, lacking, repository, DOCKER, *DOCKER_PARTS])
        source = f"Debian {NODE_SUITE}, {len(index_of(repository))} packages"
        return repository_product(repository, f"node/debs/{NODE_DISTRIBUTION}-{architecture()}", source, CHECKSUM)

    return Recipe(
        name="debs",
        kind="node-debs",
        usual_seconds=9,
        build=build,
        sources=tuple(NODE / name for name in ("resolve-debs.sh", "download-debs.sh", "apt-sources.sh")),
        parameters=(DOCKER, *DOCKER_PARTS),
        needs=(rootfs,),
        tools=Tools.DEBIAN,
    )


def tree_image_recipe(image: TreeImage) -> Recipe:
    """Make a container image from Debian packages."""
    directory = ROLE_FILES / image.name

    def build(context: Context, work: Path) -> Product:
        tree = work / f"{image.name}.rootfs"
        sources = work / "sources.list"
        context.run(["sh", "-c", f'sh "$0" {image.suite} > "$1"', NODE / "apt-sources.sh", sources])
        context.run(
            [
                "mmdebstrap",
                "--variant=extract",
                "--format=tar",
                f"--include={','.join(packages_in(directory))}",
                f"--dpkgopt={NODE / 'dpkg.cfg'}",
                '--aptopt=Acquire::Languages "none"',
                f"--extract-hook={RECORD_PACKAGES}",
                f"--extract-hook={directory / 'customize.sh'}",
                image.suite,
                tree,
                *([sources] if sources.stat().st_size else []),
            ],
            env={"SOURCE_DATE_EPOCH": "0"},
        )
        packages = _recorded_packages(tree)
        version = upstream_version(packages[image.version_of], image.version_parts)
        reference = f"localhost/{image.name}:{version}"
        archive = work / f"{image.name}.tar"
        write_tree_image(Settings(reference, entrypoint=image.entrypoint), tree, archive)
        return Product(
            version=upstream_version(packages[image.version_of], 3),
            source=f"Debian {image.suite}, {len(packages)} packages",
            checksum=CHECKSUM,
            files={f"images/{image.name}.tar": archive},
            reference=reference,
        )

    return Recipe(
        name=image.name,
        kind="image",
        usual_seconds=image.usual_seconds,
        build=build,
        sources=(directory, RECORD_PACKAGES, NODE / "apt-sources.sh", NODE / "dpkg.cfg"),
        parameters=(repr(image),),
        tools=Tools.DEBIAN,
    )


def _recorded_packages(rootfs: Path) -> dict[str, str]:
    """Return the version of each package that record-packages.sh put into an image."""
    packages = {}
    name = ""
    with tarfile.open(rootfs) as tar:
        status = tar.extractfile("./var/lib/dpkg/status")
        if status is None:
            raise BundleError(f"{rootfs} has no list of packages: {RECORD_PACKAGES} must have failed.")
        for line in status.read().decode().splitlines():
            field, _, value = line.partition(": ")
            if field == "Package":
                name = value
            elif field == "Version":
                packages[name] = value
    return packages


def _debian_version(rootfs: Path) -> str:
    with tarfile.open(rootfs) as tar:
        member = tar.extractfile("./etc/debian_version")
        if member is None:
            raise BundleError(f"{rootfs} has no /etc/debian_version: it is not a Debian root file system.")
        return member.read().decode().strip()
