"""An ordinary user with sudo, not in the group docker: the two commands and the bench, in one and the same login."""

from __future__ import annotations

import pwd
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from e2e.account import NAME, Account, account

# Those that the bench uses, so that it begins with the lab that stands.
SETTINGS = {
    "lab_name": "crud-lab-bench",
    "lab_provider": "docker",
    "lab_ssh_port": 2307,
    "lab_api_port": 6507,
    "lab_http_port": 8107,
}
# What this login has, whatever the user is added to meanwhile.
LOGIN = {"sudo"}
ACCOUNTS = [Path("/etc/passwd"), Path("/etc/group"), Path("/etc/subuid"), Path("/etc/subgid")]


@pytest.fixture(scope="module")
def accounts() -> list[str]:
    """What the machine knows of its users, before this test's own."""
    return [path.read_text() for path in ACCOUNTS]


@pytest.fixture(scope="module")
def user(accounts: list[str], untouched: Callable[[], list[str]]) -> Iterator[Account]:
    """The user, and a machine without her at the end."""
    with account() as user:
        user.write("inventory/group_vars/all/local.yml", yaml.safe_dump(SETTINGS))
        yield user
    assert [path.read_text() for path in ACCOUNTS] == accounts
    assert untouched() == []


def test_make_lab_works_in_the_login_that_set_the_machine_up(user: Account) -> None:
    """make setup puts the user into the group docker, which this login does not have."""
    assert "docker" not in user.groups
    done = user.run("make", "lab", groups=LOGIN)
    assert done.returncode == 0, done.stdout[-6000:]
    assert "\ncrud-lab-bench is up\n" in done.stdout
    assert "docker" in user.groups
    assert user.password not in done.stdout
    account, made = pwd.getpwnam(NAME), [path.lstat() for path in user.checkout.rglob("*")]
    assert {(status.st_uid, status.st_gid) for status in made} == {(account.pw_uid, account.pw_gid)}


def test_other_commands_say_what_this_login_lacks(user: Account) -> None:
    done = user.run("bash", "-c", "source ./activate && ansible-playbook teardown.yml", groups=LOGIN)
    assert "Run newgrp docker, or log in again." in done.stdout
    assert done.returncode != 0, "the lab is there, and can't be seen"
    assert "can't be removed: run newgrp docker, then run ansible-playbook teardown.yml" in done.stdout


def test_the_next_login_needs_no_more(user: Account) -> None:
    verify = "source ./activate && ansible-playbook site.yml --tags verify"
    done = user.run("bash", "-c", verify, groups=user.groups)
    assert done.returncode == 0, done.stdout[-6000:]
    assert "newgrp" not in done.stdout


def test_the_bench_measures_and_prints(user: Account) -> None:
    """Its figures are those of a busy machine, so nothing is expected of them but to be there."""
    done = user.run("make", "bench", "BENCH=--short", groups=LOGIN)
    assert done.returncode == 0, done.stdout[-6000:]
    printed = {line[:48].strip() for line in done.stdout.splitlines()}
    rows = {
        "the bundle",
        "its files, hashed",
        "a node with everything in it: volume",
        "the whole lab, idle: memory",
        "the same run again, nothing to change",
        "docker restart of the node until the API answers",
        "teardown",
        "the same by hand",
    }
    assert rows - printed == set(), done.stdout


def test_make_teardown_finds_nothing_left(user: Account) -> None:
    done = user.run("make", "teardown", groups=LOGIN)
    assert done.returncode == 0, done.stdout[-6000:]
    assert "\nRemoved: nothing" in done.stdout
