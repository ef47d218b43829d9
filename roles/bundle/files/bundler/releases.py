"""Every artefact of the source `releases`, in the order in which it is made."""

import platform
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

from .catalogue import PROGRAMS
from .catalogue import recipes as packaged_recipes
from .download import MEGABYTE, PARTIAL, Fetcher, Wanted
from .errors import BundleError
from .lock import Image, Lock, Release
from .promtool import promtool_recipe
from .recipe import Context, Product, Recipe, Tools, architecture
from .registry import Registry
from .settings import Settings
from .transport import printable

# Bytes a second of a home's line; what the hints of the steps are reckoned with.
USUAL_SPEED = 5 * MEGABYTE
USUAL_IMAGE_SECONDS = 30
# The add-ons of labkube; k3s brings its own with k3s-images.
LABKUBE_ONLY = {"pause", "coredns", "metrics-server", "local-path-provisioner", "local-path-helper", "skipper"}
# Docker Hub's name in the lock. No file here has its address: the node's Docker Engine knows it.
HUB = "hub"
# What the lock has nothing for: made only where that image is built too, so that nobody needs Go for it alone.
# Prometheus' own image holds the first two; no published digest of prometheus-adapter's image is confirmed.
BUILT_WITH = {"promtool": "prometheus", "prometheus-ui": "prometheus", "prometheus-adapter": "kube-state-metrics"}


def system() -> str:
    """Return the controller's system as the lock and Go name it."""
    return platform.system().lower()


def release_recipes(settings: Settings, lock: Lock) -> dict[str, Recipe]:
    """Return the recipes by name: files of releases, images of registries, and the rest as `packages` makes it."""
    fetched = [*(_file_recipe(settings, release) for release in lock.files)]
    fetched += [
        _image_recipe(settings, image) for image in lock.images if image.registry in {HUB, *settings.registries}
    ]
    names = {recipe.name for recipe in fetched}
    programs = {program.name for program in PROGRAMS}
    built = [
        recipe
        for name, recipe in packaged_recipes().items()
        if name not in names | programs | LABKUBE_ONLY | {"kubectl"} and BUILT_WITH.get(name) not in names
    ]
    if system() != "linux":
        # What is left out makes node containers, which are the provider docker's.
        built = [recipe for recipe in built if recipe.tools in (Tools.PYTHON, Tools.GO)]
    else:
        # The image's programs run on Linux, so they run here too.
        built += [promtool_recipe(recipe) for recipe in fetched if recipe.name == "prometheus"]
    return {recipe.name: recipe for recipe in (*fetched, *built)}


def left_to_a_node(settings: Settings, lock: Lock) -> set[str]:
    """Return the names of the images that wait for a node's Docker Engine to say where Docker Hub is."""
    return set() if HUB in settings.registries else {image.name for image in lock.images if image.registry == HUB}


def kubectl_note(lock: Lock) -> str:
    """Say that the user's own kubectl is used where no sum of an official one is published, else nothing.

    Raises:
        BundleError: and there is none.
    """
    if any(release.name == "kubectl" for release in lock.files):
        return ""
    here = f"{system()}-{architecture()}"
    if shutil.which("kubectl") is None:
        raise BundleError(f"No published sum confirms a kubectl for {here}: install one, so that it is on PATH.")
    return f"No published sum confirms a kubectl for {here}: the lab uses your own, {shutil.which('kubectl')}."


def fetcher(context: Context) -> Fetcher:
    """Return what fetches into the bundle's own file system, with its progress on standard error."""
    return Fetcher(context.bundle.root / PARTIAL, lambda line: print("progress:", line, file=sys.stderr, flush=True))


def _file_recipe(settings: Settings, release: Release) -> Recipe:
    url = settings.address(release.site, release.url)
    size = f", {release.size / MEGABYTE:.0f} MB" if release.size else ""

    def build(context: Context, work: Path) -> Product:
        del work
        path = fetcher(context).fetch(Wanted(release.name, url, release.sha256, release.size))
        path.chmod(0o644 if release.kind == "image" else 0o755)
        return Product(release.version, printable(url), f"sha256:{release.sha256}", {release.target: path})

    return Recipe(
        name=release.name,
        kind=release.kind,
        usual_seconds=max(5, (release.size or 0) // USUAL_SPEED),
        build=build,
        parameters=(release.sha256, release.target),
        tools=Tools.PYTHON,
        how=f"to be fetched from {urlsplit(url).hostname}{size}",
    )


def _image_recipe(settings: Settings, image: Image) -> Recipe:
    base = settings.registries.get(image.registry)

    def build(context: Context, work: Path) -> Product:
        if base is None:
            raise BundleError(f"Nobody said where {image.registry} is: name it in bundle_registries.")
        archive = work / f"{image.name}.tar"
        reference = f"localhost/{image.name}:{image.version}"
        digest = Registry(base, fetcher(context)).pull(image, reference, work, archive)
        return Product(
            image.version,
            f"{printable(base)}, {image.repository}@{image.digest}",
            f"{digest} for linux-{architecture()}",
            {f"images/{image.name}.tar": archive},
            reference,
        )

    return Recipe(
        name=image.name,
        kind="image",
        usual_seconds=USUAL_IMAGE_SECONDS,
        build=build,
        parameters=(image.digest,),
        tools=Tools.PYTHON,
        how=f"to be fetched from {urlsplit(base).hostname if base else 'Docker Hub'}",
    )
