"""promtool for a controller with Linux, out of Prometheus' image: its project publishes no sum of it alone."""

import json
import shutil
import tarfile
from pathlib import Path
from typing import IO, cast

from .errors import BundleError
from .recipe import Context, Product, Recipe, Tools, architecture

INSIDE = "bin/promtool"


def promtool_recipe(prometheus: Recipe) -> Recipe:
    """Take the program out of the image that `prometheus` makes, whose digest vouches for it."""

    def build(context: Context, work: Path) -> Product:
        image = context.bundle.artefacts()[prometheus.name]
        target = work / "promtool"
        _take(context.bundle.root / image.files[0].path, target)
        target.chmod(0o755)
        path = f"tools/linux-{architecture()}/promtool"
        return Product(image.version, f"{image.source}, /{INSIDE}", image.checksum, {path: target})

    return Recipe(
        name="promtool",
        kind="tool",
        usual_seconds=2,
        build=build,
        needs=(prometheus,),
        tools=Tools.PYTHON,
        how=f"to be taken out of the image {prometheus.name}",
    )


def _take(archive: Path, target: Path) -> None:
    """Copy the program from the uppermost layer that has it."""
    with tarfile.open(archive) as image:
        (entry,) = json.load(_file(image, "manifest.json"))
        for name in reversed(entry["Layers"]):
            with tarfile.open(fileobj=_file(image, name)) as layer:
                if INSIDE in layer.getnames():
                    with target.open("wb") as stream:
                        shutil.copyfileobj(_file(layer, INSIDE), stream)
                    return
    raise BundleError(f"{archive} has no /{INSIDE}, which Prometheus' official image has: see releases.toml.")


def _file(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    return cast(IO[bytes], tar.extractfile(name))
