"""labkube, which stands in k3s' place, and the pause program of every pod."""

import sys
from pathlib import Path

from .errors import BundleError
from .files import sha256_of
from .image import Settings, write_program_image
from .recipe import ROLE_FILES, Context, Product, Recipe

LABKUBE = ROLE_FILES / "labkube"
PAUSE = ROLE_FILES / "go/pause/pause.c"
PAUSE_VERSION = "3.10"


def labkube_recipe(programs: tuple[Recipe, ...], images: dict[str, Recipe]) -> Recipe:
    """Make the one executable file from the compiled programs, the supervisor and the add-ons' manifests.

    `images` maps the names that labkube's manifests use to the recipes of these images.
    """

    def build(context: Context, work: Path) -> Product:
        binaries = work / "bin"
        binaries.mkdir()
        for recipe in programs:
            for program in sorted((context.programs.root / recipe.name).iterdir()):
                (binaries / program.name).symlink_to(program)
        recorded = context.bundle.artefacts()
        target = work / "k3s"
        references = (f"{name}={recorded[recipe.name].reference}" for name, recipe in images.items())
        context.run(
            [
                sys.executable,
                LABKUBE / "pack.py",
                f"--bin-dir={binaries}",
                *(f"--image={reference}" for reference in references),
                f"--output={target}",
            ]
        )
        made = context.programs.artefacts()
        kubernetes = made[programs[0].name]
        return Product(
            version=f"{kubernetes.version}+labkube",
            source=", ".join(made[recipe.name].source for recipe in programs),
            checksum=kubernetes.checksum,
            files={"bin/k3s": target},
        )

    return Recipe(
        name="k3s",
        kind="cluster",
        usual_seconds=5,
        build=build,
        sources=tuple(LABKUBE / part for part in ("__main__.py", "addons", "labkube", "pack.py")),
        needs=(*programs, *images.values()),
    )


def pause_recipe() -> Recipe:
    """Make the image that holds a pod's namespaces."""

    def build(context: Context, work: Path) -> Product:
        program = work / "pause"
        context.run(["gcc", "-static", "-Os", "-Wall", "-Wextra", "-Werror", "-s", "-o", program, PAUSE])
        if not program.is_file():
            raise BundleError(f"gcc made no program from {PAUSE}: see {context.log}.")
        reference = f"localhost/pause:{PAUSE_VERSION}"
        archive = work / "pause.tar"
        write_program_image(Settings(reference, entrypoint=("/pause",), user="65535:65535"), program, "/pause", archive)
        return Product(
            version=PAUSE_VERSION,
            source=f"{PAUSE.relative_to(ROLE_FILES)}, ours",
            checksum=f"sha256:{sha256_of(PAUSE)}",
            files={"images/pause.tar": archive},
            reference=reference,
        )

    return Recipe(
        name="pause", kind="image", usual_seconds=1, build=build, sources=(PAUSE,), parameters=(PAUSE_VERSION,)
    )
