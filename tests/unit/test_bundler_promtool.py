"""promtool out of Prometheus' image, as the source `releases` has it."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from bundler.errors import BundleError
from bundler.files import sha256_of
from bundler.image import write_archive
from bundler.promtool import promtool_recipe
from bundler.recipe import Context, Product, Recipe, architecture
from bundler.source import Source
from bundler.workshop import Workshop


def layer(path: Path, **files: str) -> tuple[str, Path]:
    with tarfile.open(path, "w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(f"bin/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content.encode()))
    return sha256_of(path), path


def image(*layers: dict[str, str]) -> Recipe:
    def build(context: Context, work: Path) -> Product:
        made = [layer(work / f"{number}.layer", **files) for number, files in enumerate(layers)]
        archive = work / "prometheus.tar"
        write_archive("localhost/prometheus:3.1.2", b"{}", made, archive)
        return Product("3.1.2", "hub, prom/prometheus@sha256:1", "sha256:2", {"images/prometheus.tar": archive})

    return Recipe("prometheus", "image", 1, build)


def workshop(tmp_path: Path, prometheus: Recipe, later: set[str] | None = None) -> Workshop:
    recipes = {"prometheus": prometheus, "promtool": promtool_recipe(prometheus)}
    source = Source("releases", recipes, later=later or set())
    return Workshop(tmp_path / "bundle", tmp_path / "cache", source)


def test_it_is_the_program_of_the_uppermost_layer_that_has_it(tmp_path: Path) -> None:
    prometheus = image({"promtool": "old"}, {"promtool": "new", "prometheus": "server"}, {"sh": "shell"})
    shop = workshop(tmp_path, prometheus)
    for name in ("prometheus", "promtool"):
        shop.build(name)
    program = tmp_path / f"bundle/tools/linux-{architecture()}/promtool"
    assert program.read_text() == "new"
    assert program.stat().st_mode & 0o777 == 0o755
    assert shop.plan()["steps"] == []


def test_it_waits_for_the_image_and_comes_with_it(tmp_path: Path) -> None:
    prometheus = image({"promtool": "program"})
    without_a_node = workshop(tmp_path, prometheus, {"prometheus"})
    planned = without_a_node.plan()
    assert (planned["steps"], planned["later"]) == ([], ["prometheus", "promtool"])
    workshop(tmp_path, prometheus).build("prometheus")
    planned = without_a_node.plan()
    assert ([step["name"] for step in planned["steps"]], planned["later"]) == (["promtool"], [])


def test_an_image_without_it_is_told(tmp_path: Path) -> None:
    shop = workshop(tmp_path, image({"prometheus": "server"}))
    shop.build("prometheus")
    with pytest.raises(BundleError, match=r"prometheus\.tar has no /bin/promtool"):
        shop.build("promtool")
