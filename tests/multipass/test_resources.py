"""Processors, memory and disk: growth where it is allowed, never less."""

from __future__ import annotations

from dataclasses import replace

import pytest
from harness import NAME, WANTED, World
from multipass_client import sizes
from multipass_client.errors import MultipassError

MORE = replace(WANTED, cpus=4, disk="30G")
SET = [f"set local.{NAME}.cpus=4", f"set local.{NAME}.disk=30G"]


def verbs(world: World) -> list[str]:
    return [call.partition(" --timeout")[0] for call in world.changes]


def test_a_running_instance_is_not_stopped_unasked(world: World) -> None:
    world.has(NAME, "Running")
    outcome = world.present(MORE)
    assert not outcome.changed
    assert world.changes == []
    assert outcome.facts["pending"] == {"cpus": "4", "disk": "30G"}
    assert outcome.warnings == [
        f"{NAME} could grow (cpus from 2 to 4, disk from 20.0GiB to 30G) if it were stopped: "
        "allow it with -e multipass_vm_grow=true"
    ]


@pytest.mark.parametrize(
    ("state", "before"),
    [
        ("Running", [f"stop {NAME}"]),
        ("Suspended", [f"start {NAME}", f"stop {NAME}"]),
        ("Stopped", []),
        ("Deleted", [f"recover {NAME}"]),
    ],
)
def test_growth_is_applied_where_the_stop_is_allowed(world: World, state: str, before: list[str]) -> None:
    world.has(NAME, state)
    outcome = world.present(MORE, grow=True)
    assert outcome.changed
    assert verbs(world) == [*before, *SET, f"start {NAME}"]
    assert (world.instance().cpus, world.instance().disk) == (4, "30.0GiB")
    assert outcome.after == {"state": "Running", "cpus": "4", "memory": "4.0GiB", "disk": "30G"}


def test_an_instance_at_rest_grows_unasked(world: World) -> None:
    world.has(NAME, "Stopped")
    world.present(MORE)
    assert verbs(world) == [*SET, f"start {NAME}"]


def test_check_mode_announces_growth(world: World) -> None:
    world.has(NAME, "Running")
    assert world.present(MORE, grow=True, check_mode=True).changed
    assert world.changes == []


@pytest.mark.parametrize("less", [{"cpus": 1}, {"memory": "2G"}, {"disk": "10G"}])
def test_shrinking_is_refused_with_the_reason(world: World, less: dict[str, int | str]) -> None:
    world.has(NAME, "Stopped")
    (key,) = less
    with pytest.raises(MultipassError, match=f"can't shrink .*a disk only grows.*-e multipass_vm_{key}="):
        world.present(replace(MORE, **less), grow=True)  # type: ignore[arg-type] # one of three fields
    assert world.changes == []


def test_a_guest_that_does_not_stop_keeps_what_it_has(world: World) -> None:
    world.has(NAME, "Running")
    world.fault("stop-hangs")
    with pytest.raises(MultipassError, match="did not finish within 300000 milliseconds"):
        world.present(MORE, grow=True)
    assert verbs(world) == [f"stop {NAME}"]


@pytest.mark.parametrize(
    ("wanted", "printed", "more"),
    [
        ("4G", "4.0GiB", 0),
        ("1536M", "1.5GiB", 0),
        ("3300M", "3.2GiB", 0),
        ("0.5G", "512.0MiB", 0),
        ("5G", "4.0GiB", 1 << 30),
        ("1G", "2.0GiB", -(1 << 30)),
    ],
)
def test_sizes_are_compared_as_far_as_multipass_prints_them(wanted: str, printed: str, more: int) -> None:
    assert sizes.difference(wanted, printed) == more


def test_what_is_no_size_is_named() -> None:
    with pytest.raises(MultipassError, match="'lots' is no size: write it like 4G"):
        sizes.parse("lots")
