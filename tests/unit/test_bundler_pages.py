"""Prometheus' web pages: what is called to build them, by which locks, and what stays of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from bundler import golang, pages
from bundler.catalogue import PROMETHEUS, recipes
from bundler.errors import BundleError
from bundler.recipe import Context
from bundler.store import Store

RECIPE = pages.pages_recipe(PROMETHEUS)


@dataclass(frozen=True)
class Kitchen(Context):
    """Runs nothing: notes what it should, and leaves what Go, pnpm and vite leave. `failing` is a part of a command."""

    failing: str = "no such command"
    ran: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def run(self, argv: Sequence[str | Path], *, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
        line = " ".join(map(str, argv))
        self.ran.append((line, env or {}))
        if self.failing in line:
            raise BundleError(f"{argv[0]} ended with 1")
        if "mod download" in line:
            (self.cache / f"go/mod/{PROMETHEUS.module}@{PROMETHEUS.pinned}/web/ui").mkdir(parents=True)
        elif "pnpm install" in line:
            (self.cache / "pnpm").mkdir()
        elif line.endswith("vite build"):
            assert cwd
            (cwd / "mantine-ui/dist/assets").mkdir(parents=True)
            for name in ("index.html", "assets/code.js"):
                (cwd / "mantine-ui/dist" / name).write_text(name)


@pytest.fixture
def kitchen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kitchen:
    monkeypatch.setattr(pages, "find_go", lambda cache: "go")
    (tmp_path / "work").mkdir()
    return Kitchen(
        Store(tmp_path / "bundle", {}), Store(tmp_path / "programs", {}), tmp_path / "cache", tmp_path / "log"
    )


def test_every_program_and_package_comes_by_a_lock_and_runs_no_script(kitchen: Kitchen, tmp_path: Path) -> None:
    RECIPE.build(kitchen, tmp_path / "work")
    pip, npm, go, pnpm, *_ = (line for line, _ in kitchen.ran)
    assert f"--require-hashes --requirement {pages.NODE_LOCK}" in pip
    assert "npm-cli.js ci --ignore-scripts" in npm
    assert go == f"go mod download {PROMETHEUS.module}"
    assert "--frozen-lockfile --ignore-scripts" in pnpm


def test_nothing_of_the_building_stays(kitchen: Kitchen, tmp_path: Path) -> None:
    product = RECIPE.build(kitchen, tmp_path / "work")
    assert product.version == PROMETHEUS.version
    inside = "prometheus-ui/static/mantine-ui"
    assert {path: file.read_text() for path, file in product.files.items()} == {
        f"{inside}/index.html": "index.html",
        f"{inside}/assets/code.js": "assets/code.js",
    }
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["made"]
    assert [path.name for path in kitchen.cache.iterdir()] == ["go"]


def test_node_keeps_nothing_outside_the_cache_and_the_registry_is_the_machine_s_own(
    kitchen: Kitchen, tmp_path: Path
) -> None:
    RECIPE.build(kitchen, tmp_path / "work")
    for line, env in kitchen.ran:
        if "pnpm" in line or "npm-cli" in line:
            kept = {name: env[name] for name in env if name.startswith("XDG_") or name.endswith(("cache", "store_dir"))}
            assert len(kept) == 5
            assert [name for name, path in kept.items() if not path.startswith(f"{tmp_path}/")] == []
            assert not {"npm_config_registry", "npm_config_userconfig", "HOME"} & env.keys()


@pytest.mark.parametrize("failing", ["npm-cli.js ci", "pnpm install"])
def test_a_registry_that_does_not_answer_is_told_with_what_to_name(
    kitchen: Kitchen, tmp_path: Path, failing: str
) -> None:
    context = Kitchen(kitchen.bundle, kitchen.programs, kitchen.cache, kitchen.log, failing)
    with pytest.raises(BundleError, match=r"without the npm registry: name one .*npm_config_registry.* ended with 1$"):
        RECIPE.build(context, tmp_path / "work")


def test_the_pages_are_put_into_prometheus_image_and_only_there() -> None:
    every = recipes()
    assert [name for name, entry in every.items() if pages.NAME in {needed.name for needed in entry.needs}] == [
        "prometheus"
    ]
    assert not every[pages.NAME].in_bundle


def test_they_are_made_again_for_another_prometheus_and_not_for_another_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, pinned = RECIPE.inputs(), PROMETHEUS.pinned
    for name in ("go.mod", "go.sum"):
        (tmp_path / name).write_text((golang.MODULE / name).read_text() + "\n// another line\n")
    monkeypatch.setattr(golang, "MODULE", tmp_path)
    assert pages.pages_recipe(PROMETHEUS).inputs() == before
    for name in ("go.mod", "go.sum"):
        (tmp_path / name).write_text((tmp_path / name).read_text().replace(pinned, "v0.399.1"))
    assert pages.pages_recipe(PROMETHEUS).inputs() != before


def test_pnpm_s_lock_has_a_sum_and_no_address() -> None:
    wanted = json.loads((pages.PNPM_LOCK / "package.json").read_text())["dependencies"]
    packages = json.loads((pages.PNPM_LOCK / "package-lock.json").read_text())["packages"]
    assert packages.pop("")["dependencies"] == wanted
    assert {path.rpartition("/")[2]: entry["version"] for path, entry in packages.items()} == wanted
    for entry in packages.values():
        assert entry["integrity"].startswith("sha512-")
        assert "resolved" not in entry
