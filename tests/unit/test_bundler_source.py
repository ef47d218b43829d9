"""The choice of a source, its recipes for each platform, and what a change of the source leaves."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bundler import recipe, registry, releases, source
from bundler.catalogue import PROGRAMS
from bundler.errors import BundleError
from bundler.lock import LOCK, Lock
from bundler.recipe import Recipe, Tools
from bundler.settings import Settings
from bundler.source import Source, choose
from bundler.store import Store
from bundler.workshop import Workshop
from release_site import Site, serving, status, workshop

PLATFORMS = [("linux", "amd64"), ("linux", "arm64"), ("darwin", "arm64"), ("darwin", "amd64")]
REGISTRIES = {"hub": "https://hub.example", "kubernetes": "https://kubernetes.example"}
SITES = {"k3s": "https://k3s.example/releases", "kubectl": "https://kubectl.example/release"}
SETTINGS = Settings(SITES, REGISTRIES)
# What roles look for in the manifest, whoever filled it.
FOR_ROLES = {"k3s", "prometheus", "kube-state-metrics", "redis", "python", "wheels"}


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let the test say which machine this is; linux-amd64 at first."""
    monkeypatch.delenv("http_proxy", raising=False)
    be(monkeypatch, "linux", "amd64")
    return monkeypatch


def be(monkeypatch: pytest.MonkeyPatch, system: str, architecture: str) -> None:
    monkeypatch.setattr("platform.system", system.capitalize)
    for module in (recipe, registry, releases, source):
        monkeypatch.setattr(module, "architecture", lambda: architecture)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")


def site_settings(site: Site) -> Settings:
    first = Lock.read("linux", "amd64").files[0]
    site.put(f"/{first.url}", b"k3s")
    return Settings({"k3s": site.url, "kubectl": site.url})


@pytest.mark.parametrize(("system", "architecture"), PLATFORMS)
def test_the_lock_has_sums_for_every_platform(system: str, architecture: str) -> None:
    lock = Lock.read(system, architecture)
    names = [release.name for release in lock.files]
    assert names == ["k3s", "k3s-images"] + ([] if (system, architecture) == ("darwin", "amd64") else ["kubectl"])
    assert all(re.fullmatch("[0-9a-f]{64}", release.sha256) for release in lock.files)
    assert all(re.fullmatch("sha256:[0-9a-f]{64}", image.digest) for image in lock.images)
    assert {image.registry for image in lock.images} == REGISTRIES.keys()
    assert {release.site for release in lock.files} <= SITES.keys()
    assert lock.files[0].url.rpartition("/")[2] == {"amd64": "k3s", "arm64": "k3s-arm64"}[architecture]


def test_no_sum_stands_for_two_files() -> None:
    sums = re.findall(r"[0-9a-f]{64}", LOCK.read_text())
    assert len(sums) == len(set(sums))


@pytest.mark.parametrize(("system", "architecture"), PLATFORMS)
def test_releases_give_the_roles_what_packages_give(
    machine: pytest.MonkeyPatch, system: str, architecture: str
) -> None:
    be(machine, system, architecture)
    recipes = choose("releases", "", SETTINGS, offline=False).recipes
    assert recipes.keys() >= FOR_ROLES
    assert recipes["k3s"].kind == "cluster"
    # Nothing is compiled where registries have the images.
    assert {entry.tools for entry in recipes.values()} <= {Tools.PYTHON, Tools.DEBIAN}
    if system == "linux":
        packages = choose("packages", "", SETTINGS, offline=False).recipes
        assert packages.keys() >= FOR_ROLES
        assert {name: recipes[name].kind for name in FOR_ROLES} == {name: packages[name].kind for name in FOR_ROLES}
        assert {"rootfs", "debs"} <= recipes.keys()
    else:
        assert {entry.tools for entry in recipes.values()} == {Tools.PYTHON}


@pytest.mark.parametrize(("system", "architecture"), PLATFORMS)
def test_without_registries_go_and_a_node_give_the_images(
    machine: pytest.MonkeyPatch, system: str, architecture: str
) -> None:
    be(machine, system, architecture)
    chosen = choose("releases", "", Settings(SITES), offline=False)
    assert chosen.later == {"prometheus", "redis", "python", "grafana"}
    assert {chosen.recipes[name].tools for name in ("kube-state-metrics", "prometheus-adapter")} == {Tools.GO}
    assert not {"prometheus-ui", "pause", "skipper", *(program.name for program in PROGRAMS)} & chosen.recipes.keys()
    # Prometheus' image has the program of a Linux that it runs on.
    assert ("promtool" in chosen.recipes) == (system == "linux")
    assert Tools.COMPILERS not in {entry.tools for entry in chosen.recipes.values()}


@pytest.mark.usefixtures("machine")
def test_what_needs_a_node_is_no_step_and_is_kept_once_it_is_there(tmp_path: Path) -> None:
    def build(context: recipe.Context, work: Path) -> recipe.Product:
        del context
        made = work / "made"
        made.write_text("whole")
        return recipe.Product("1", "a test", "none", {"images/redis.tar": made})

    redis = Recipe("redis", "image", 1, build)
    places = (tmp_path / "bundle", tmp_path / "cache")
    without_a_node = Workshop(*places, Source("releases", {"redis": redis}, later={"redis"}))
    planned = without_a_node.plan()
    assert (planned["steps"], planned["later"], planned["artefacts"]) == ([], ["redis"], 0)
    Workshop(*places, Source("releases", {"redis": redis})).build("redis")
    planned = without_a_node.plan()
    assert (planned["steps"], planned["later"], planned["artefacts"]) == ([], [], 1)
    (tmp_path / "bundle/images/redis.tar").write_text("other")
    with pytest.raises(BundleError, match=r"redis\.tar"):
        without_a_node.plan()


@pytest.mark.usefixtures("machine")
def test_an_image_without_an_address_says_what_to_name(tmp_path: Path) -> None:
    source = choose("releases", "", Settings(SITES), offline=True)
    with pytest.raises(BundleError, match="Nobody said where hub is: name it in bundle_registries"):
        Workshop(tmp_path / "bundle", tmp_path / "cache", source).build("redis")


def test_a_kubectl_without_a_published_sum_is_the_user_s_own(machine: pytest.MonkeyPatch) -> None:
    be(machine, "darwin", "amd64")
    chosen = choose("releases", "", SETTINGS, offline=False)
    assert "kubectl" not in chosen.recipes
    assert chosen.notes == [
        "No published sum confirms a kubectl for darwin-amd64: the lab uses your own, /usr/bin/kubectl."
    ]
    machine.setattr("shutil.which", lambda name: None)
    with pytest.raises(BundleError, match="kubectl for darwin-amd64: install one"):
        choose("releases", "", SETTINGS, offline=False)


def test_packages_need_linux(machine: pytest.MonkeyPatch) -> None:
    be(machine, "darwin", "arm64")
    with pytest.raises(BundleError, match="packages needs Linux: use -e lab_source=releases"):
        choose("packages", "", SETTINGS, offline=False)


@pytest.mark.usefixtures("machine")
def test_auto_means_releases_where_they_answer() -> None:
    with serving() as site:
        chosen = choose("auto", "", site_settings(site), offline=False)
        assert (chosen.name, chosen.notes) == ("releases", [])
        assert site.ranges() == ["bytes=0-0"]


@pytest.mark.usefixtures("machine")
def test_auto_falls_back_with_one_line_that_says_why() -> None:
    with serving() as site:
        site.faults = [status(503)]
        chosen = choose("auto", "", site_settings(site), offline=False)
    assert chosen.name == "packages"
    (line,) = chosen.notes
    assert re.fullmatch(r"lab_source auto: http://\S+ answers 503 .*, so the bundle is built from packages\.", line)


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("filled_by", ["packages", "releases"])
def test_auto_stays_with_what_filled_the_bundle(filled_by: str) -> None:
    with serving() as site:
        assert choose("auto", filled_by, site_settings(site), offline=False).name == filled_by
        assert site.requests == []


@pytest.mark.usefixtures("machine")
def test_nobody_is_asked_where_the_network_is_forbidden() -> None:
    with serving() as site:
        choose("auto", "", site_settings(site), offline=True)
        assert site.requests == []


@pytest.mark.parametrize("mirror", ["https://mirror.example:8443", "https://mirror.example:8443/"])
def test_a_mirror_replaces_the_host(mirror: str) -> None:
    settings = Settings({"k3s": "https://k3s.example/releases/"}, {}, mirror)
    assert settings.address("k3s", "v1%2B/k3s") == "https://mirror.example:8443/releases/v1%2B/k3s"
    assert Settings(SITES).address("k3s", "v1%2B/k3s") == "https://k3s.example/releases/v1%2B/k3s"


def test_another_address_fetches_nothing_anew(tmp_path: Path) -> None:
    with serving() as site:
        sha256 = site.put("/v1.2.3/k3s", b"program")
        workshop(tmp_path, site.url, sha256).build("k3s")
        assert workshop(tmp_path, "https://mirror.example", sha256).plan()["steps"] == []
        recorded = Store(tmp_path / "bundle", {}).artefacts()["k3s"]
        assert (recorded.version, recorded.source) == ("1.2.3+k3s1", f"{site.url}/v1.2.3/k3s")
        assert recorded.checksum == f"sha256:{sha256}"


def test_the_program_takes_the_role_s_settings_and_asks_the_mirror(tmp_path: Path) -> None:
    first = Lock.read("linux", recipe.architecture()).files[0]
    with serving() as site:
        path = f"/releases/{first.url}"
        found = site.put(path, b"a page of a proxy")
        settings = json.dumps({"sites": SITES, "mirror": site.url, "registries": {}})
        options = [
            f"--bundle={tmp_path}/bundle",
            f"--cache={tmp_path}/cache",
            "--source=releases",
            "--settings",
            settings,
        ]
        run = subprocess.run(
            [sys.executable, "-m", "bundler", *options, "build", "k3s"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "no_proxy": "*"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert [asked for asked, _ in site.requests] == [path]
    assert run.returncode == 1
    assert run.stdout == ""
    assert f"{path} has the sha256 {found} instead of {first.sha256}" in run.stderr.splitlines()[-1]
    assert not (tmp_path / "bundle/bin").exists()


@pytest.mark.usefixtures("machine")
def test_what_only_the_other_source_has_goes_with_the_change(tmp_path: Path) -> None:
    def build(context: recipe.Context, work: Path) -> recipe.Product:
        del context
        made = work / "made"
        made.write_text("made")
        return recipe.Product("1", "a test", "none", {f"images/{work.name}.tar": made})

    thing = Recipe("pause", "image", 1, build)
    Workshop(tmp_path / "bundle", tmp_path / "cache", Source("packages", {"pause": thing})).build("pause")
    bundle = Store(tmp_path / "bundle", {})
    assert bundle.filled_by() == "packages"
    with serving() as site:
        workshop(tmp_path, site.url, site.put("/v1.2.3/k3s", b"program")).build("k3s")
    assert bundle.filled_by() == "releases"
    assert bundle.artefacts().keys() == {"k3s"}
    assert not list((tmp_path / "bundle/images").iterdir())
