"""Every state of an instance, and what present and absent make of it."""

from __future__ import annotations

import pytest
from harness import NAME, World
from multipass_client.errors import MultipassError

LAUNCH = f"launch 24.04 --name {NAME} --cpus 2 --memory 4G --disk 20G --timeout 1800 --cloud-init -"
START = f"start {NAME} --timeout 1800"
PURGE = f"delete --purge {NAME}"
FOR_GOOD = 10**6

# State, looks that it lasts, and the calls that bring it to Running. A limit shrinks while something is waited for.
STATES = [
    ("Running", 0, []),
    ("Stopped", 0, [START]),
    ("Suspended", 0, [START]),
    ("Deleted", 0, [f"recover {NAME}", START]),
    ("Delayed Shutdown", 0, [f"stop --cancel {NAME}"]),
    ("Starting", 3, []),
    ("Restarting", 3, []),
    ("Unknown", 9, []),
    ("Starting", FOR_GOOD, [f"stop --force {NAME}", f"start {NAME} --timeout 1500"]),
    ("Restarting", FOR_GOOD, [f"stop --force {NAME}", f"start {NAME} --timeout 1500"]),
    ("Suspending", FOR_GOOD, [f"stop --force {NAME}", f"start {NAME} --timeout 1500"]),
    ("Unknown", FOR_GOOD, [f"stop --force {NAME}", f"start {NAME} --timeout 1500"]),
]
each_state = pytest.mark.parametrize(("state", "looks", "calls"), STATES)


@each_state
def test_present_brings_every_state_to_running(world: World, state: str, looks: int, calls: list[str]) -> None:
    world.has(NAME, state, looks=looks)
    outcome = world.present()
    assert world.changes == calls
    assert world.state() == "Running"
    assert outcome.changed == (state != "Running")
    assert outcome.before["state"] == state
    assert outcome.facts["address"] == "10.186.30.113"
    assert outcome.facts["host_key"].startswith("ssh-ed25519 ")


@each_state
def test_absent_deletes_every_state(world: World, state: str, looks: int, calls: list[str]) -> None:
    world.has(NAME, state, looks=looks)
    assert world.absent().changed
    assert world.changes == [PURGE]
    assert world.state() is None
    assert not world.claim.exists()


@each_state
def test_check_mode_only_reads(world: World, state: str, looks: int, calls: list[str]) -> None:
    world.has(NAME, state, looks=looks)
    assert world.present(check_mode=True).changed == (state != "Running")
    assert world.absent(check_mode=True).changed
    assert world.changes == []
    assert world.claim.exists()


@each_state
@pytest.mark.parametrize("what", ["present", "absent"])
def test_a_foreign_instance_is_never_touched(world: World, what: str, state: str, looks: int, calls: list[str]) -> None:
    world.has(NAME, state, looks=looks, ours=False)
    if what == "present":
        with pytest.raises(
            MultipassError, match=f"This lab did not make the instance {NAME}, which is {state}: choose"
        ):
            world.present()
    else:
        assert not world.absent().changed
    assert world.changes == []


def test_a_suspending_instance_is_started_as_soon_as_it_is_suspended(world: World) -> None:
    world.has(NAME, "Suspending", looks=3, then="Suspended")
    world.present()
    assert [call.partition(" --timeout")[0] for call in world.changes] == [f"start {NAME}"]


def test_a_name_that_is_free_is_launched(world: World) -> None:
    outcome = world.present()
    assert world.changes == [LAUNCH]
    assert outcome.changed
    assert outcome.before == {"state": "absent"}
    assert outcome.after == {"state": "Running", "cpus": "2", "memory": "4G", "disk": "20G"}
    assert "ssh-ed25519 AAAA lab" in world.instance().user_data


def test_the_second_run_only_reads(world: World) -> None:
    world.present()
    world.client.calls.clear()
    assert not world.present().changed
    assert world.changes == []


def test_check_mode_on_a_free_name_promises_a_launch(world: World) -> None:
    assert world.present(check_mode=True).changed
    assert world.changes == []
    assert not world.claim.exists()


def test_absent_where_there_is_nothing_calls_nothing(world: World) -> None:
    assert not world.absent().changed
    assert world.client.calls == []


def test_other_instances_are_in_no_call(world: World) -> None:
    for name, state in (("foreign-runs", "Running"), ("foreign-trash", "Deleted"), ("foreign-broken", "Unknown")):
        world.has(name, state, ours=False)
    world.present()
    world.absent()
    assert [call for call in world.client.calls if any(word.startswith("foreign") for word in call)] == []
    assert {call[0] for call in world.client.calls} <= {"version", "list", "info", "launch", "exec", "delete"}
    assert world.state("foreign-trash") == "Deleted"


def test_a_state_of_the_future_is_left_alone(world: World) -> None:
    world.has(NAME, "Unavailable")
    with pytest.raises(MultipassError, match=f"{NAME} is Unavailable"):
        world.present()
    assert world.changes == []
