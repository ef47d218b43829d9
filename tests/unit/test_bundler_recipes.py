"""The recipes: order, versions and what makes an artefact stale."""

import dataclasses
from pathlib import Path

import pytest
from bundler import debian, golang, recipe, workshop
from bundler.catalogue import KUBERNETES, PROGRAMS, PROMETHEUS, recipes
from bundler.errors import BundleError
from bundler.recipe import Context, Product, Recipe
from bundler.source import Source
from bundler.workshop import Workshop


def test_what_an_artefact_needs_is_made_before_it() -> None:
    made: set[str] = set()
    for name, entry in recipes().items():
        assert {needed.name for needed in entry.needs} <= made, name
        made.add(name)


def test_programs_stay_out_of_the_bundle() -> None:
    assert not any(program.in_bundle for program in PROGRAMS)
    assert recipes()["k3s"].in_bundle


def test_versions_and_sums_are_those_of_go_mod() -> None:
    assert KUBERNETES.source == f"Go module k8s.io/kubernetes v{KUBERNETES.version}"
    assert KUBERNETES.checksum.startswith("h1:")
    assert PROMETHEUS.version.startswith("3.")


def test_a_module_that_go_mod_lacks_is_named() -> None:
    with pytest.raises(BundleError, match=r"go\.mod does not require example\.org/none"):
        _ = golang.Upstream("example.org/none").version


@pytest.mark.parametrize(
    ("debian_version", "parts", "upstream"),
    [("5:8.0.2-3+deb13u1", 3, "8.0.2"), ("3.13.5-2", 2, "3.13"), ("20.10.24+dfsg1-1+b3", 3, "20.10.24")],
)
def test_upstream_version(debian_version: str, parts: int, upstream: str) -> None:
    assert debian.upstream_version(debian_version, parts) == upstream


def build(context: Context, work: Path) -> Product:
    made = work / "made"
    made.write_text("made")
    return Product("1", "a test", "none", {"images/thing.tar": made}, "localhost/thing:1")


@pytest.fixture
def thing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    source = tmp_path / "source"
    source.write_text("one")
    monkeypatch.setattr(recipe, "REPOSITORY", tmp_path)
    entry = Recipe(name="thing", kind="image", usual_seconds=1, build=build, sources=(source,))
    monkeypatch.setattr(workshop, "require_tools", lambda cache, wanted: None)
    return entry


@pytest.fixture
def shop(tmp_path: Path, thing: Recipe) -> Workshop:
    return Workshop(tmp_path / "bundle", tmp_path / "cache", Source("packages", {"thing": thing}))


def steps(shop: Workshop) -> list[tuple[str, str]]:
    plan = shop.plan()
    return [(step["name"], step["reason"]) for step in plan["steps"]]


def test_an_artefact_is_made_once(shop: Workshop) -> None:
    assert steps(shop) == [("thing", "missing")]
    assert shop.build("thing")["changed"]
    assert not shop.build("thing")["changed"]
    assert steps(shop) == []


def test_a_changed_source_makes_it_stale(tmp_path: Path, shop: Workshop) -> None:
    shop.build("thing")
    (tmp_path / "source").write_text("two")
    assert steps(shop) == [("thing", "what it is made from changed")]


def test_a_missing_file_makes_it_stale(tmp_path: Path, shop: Workshop) -> None:
    shop.build("thing")
    (tmp_path / "bundle/images/thing.tar").unlink()
    assert steps(shop) == [("thing", "a file is missing")]


def test_a_damaged_file_stops_the_plan(tmp_path: Path, shop: Workshop) -> None:
    shop.build("thing")
    (tmp_path / "bundle/images/thing.tar").write_text("mAde")
    with pytest.raises(BundleError, match=r"images/thing\.tar \(thing\) is damaged"):
        steps(shop)


def test_another_need_makes_it_stale(thing: Recipe) -> None:
    needing = dataclasses.replace(thing, name="needing", needs=(thing,))
    other = dataclasses.replace(thing, name="needing", needs=(dataclasses.replace(thing, parameters=("new",)),))
    assert needing.inputs() != other.inputs()


def test_a_program_that_fails_shows_the_end_of_its_output(tmp_path: Path, shop: Workshop) -> None:
    context = shop.context(tmp_path / "log")
    with pytest.raises(BundleError, match=r"sh ended with 3; the whole output is in .*log:\n(.|\n)*no such thing"):
        context.run(["sh", "-c", "echo no such thing; exit 3"])
    with pytest.raises(BundleError, match="no-such-program is not installed: run make setup"):
        context.run(["no-such-program"])
