"""The app's wheels, by its lock: each file is one whose hash app/requirements/ names."""

import sys
from pathlib import Path

from .errors import BundleError
from .files import sha256_of
from .recipe import REPOSITORY, Context, Product, Recipe, Tools, architecture

LOCKS = (REPOSITORY / "app/requirements/app.txt", REPOSITORY / "app/requirements/pip.txt")
PYTHON = "3.13"


def platform_tag() -> str:
    """Return the directory name of the wheels: CPython's tag and the platform."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}[architecture()]
    return f"cp{PYTHON.replace('.', '')}-linux_{machine}"


def wheels_recipe() -> Recipe:
    """Make the set of wheels that the app's image is built from."""
    return Recipe(
        name="wheels",
        kind="wheels",
        usual_seconds=5,
        build=_build,
        sources=LOCKS,
        parameters=(PYTHON,),
        tools=Tools.PYTHON,
    )


def _build(context: Context, work: Path) -> Product:
    machine = platform_tag().rpartition("linux_")[2]
    target = work / "wheels"
    for lock in LOCKS:
        context.run(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--disable-pip-version-check",
                "--require-hashes",
                "--only-binary=:all:",
                "--no-deps",
                "--implementation=cp",
                f"--python-version={PYTHON}",
                *(f"--platform={manylinux}_{machine}" for manylinux in ("manylinux_2_28", "manylinux2014")),
                "--dest",
                target,
                "--requirement",
                lock,
            ]
        )
    wheels = sorted(target.glob("*.whl"))
    if not wheels:
        raise BundleError(f"{LOCKS[0]} led to no wheel: lock it again with make lock.")
    return Product(
        version=PYTHON,
        source=f"PyPI, {len(wheels)} wheels",
        checksum=f"sha256:{sha256_of(LOCKS[0])} of {LOCKS[0].relative_to(REPOSITORY)}",
        files={f"wheels/{platform_tag()}/{wheel.name}": wheel for wheel in wheels},
    )
