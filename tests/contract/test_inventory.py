"""The inventory: names and nothing else for hosts, and no variable that nobody reads."""

from __future__ import annotations

from checkout import ROLES, ROOT, load, options

KNOWN = {name for role in ROLES for name in options(role)}
# Variables of the tests alone.
TEST_PREFIX = "lab_test_"
PREFIXES = tuple(f"{owner}_" for owner in ("lab", *ROLES))
FILES = [path for path in sorted((ROOT / "inventory").rglob("*.yml")) if path.name != "hosts.yml"]
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
