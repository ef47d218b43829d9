"""The inventory: names and nothing else for hosts, and no variable that nobody reads."""

from __future__ import annotations

import subprocess
from pathlib import Path

from checkout import ROLES, ROOT, files, load, options
from e2e.release_mirror import copied

KNOWN = {name for role in ROLES for name in options(role)}
# Variables of the tests alone.
TEST_PREFIX = "lab_test_"
PREFIXES = tuple(f"{owner}_" for owner in ("lab", *ROLES))
# Those of the repository: what somebody chose in local.yml is for the checks of a run.
FILES = [path for path in files() if path.is_relative_to(ROOT / "inventory/group_vars")]
VARIABLES = [(path.name, name) for path in [*FILES, ROOT / "tests/molecule/vars.yml"] for name in load(path) or {}]


def test_every_variable_is_documented() -> None:
    ours = [(file, name) for file, name in VARIABLES if name.startswith(PREFIXES) and not name.startswith(TEST_PREFIX)]
    assert [(file, name) for file, name in ours if name not in KNOWN] == []


def test_what_is_documented_for_all_roles_is_set() -> None:
    required = {name for name, option in options("preflight").items() if option.get("required")}
    assert required - {name for _, name in VARIABLES} == set()


def test_hosts_are_names_without_variables() -> None:
    for group in load(ROOT / "inventory/hosts.yml").values():
        assert not any(group["hosts"].values())
        assert "vars" not in group


def test_own_choices_stay_out_of_git_and_of_the_tests() -> None:
    local = "inventory/group_vars/all/local.yml"
    subprocess.run(["git", "check-ignore", "--quiet", "--no-index", local], cwd=ROOT, check=True)
    assert "local.yml" not in {path.name for path in FILES}
    tested = ROOT / "tests/inventory"
    real = {path for path in files() if path.is_relative_to(ROOT / "inventory")}
    assert {path.resolve() for path in tested.rglob("*.yml")} == real


def test_a_copy_of_this_checkout_has_an_inventory_of_its_own(tmp_path: Path) -> None:
    """Its labs would else have their state beside the tests' inventory."""
    copied(tmp_path)
    assert (tmp_path / "tests/inventory/hosts.yml").resolve() == (tmp_path / "inventory/hosts.yml").resolve()
    for path in (tmp_path / "tests/inventory").rglob("*.yml"):
        assert path.is_symlink()
