"""What goes wrong with Multipass, and what the module makes of it: expected calls, and expected end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from harness import NAME, WANTED, World
from multipass_client.claim import Claim
from multipass_client.errors import MultipassError
from stand_in import store
from test_states import LAUNCH, PURGE

FREED = [f"stop --force {NAME}", f"start {NAME} --timeout 1500"]


@pytest.mark.parametrize(
    ("fault", "calls"),
    [
        ("client-timeout=20", [LAUNCH]),
        ("daemon-timeout=20", [LAUNCH]),
        ("init-timeout", [LAUNCH]),
        ("preparing=5", [LAUNCH]),
        ("killed-client", [LAUNCH]),
        ("client-timeout", [LAUNCH, *FREED]),
        ("daemon-timeout", [LAUNCH, *FREED]),
    ],
)
def test_a_launch_that_only_was_slow_ends_well(world: World, fault: str, calls: list[str]) -> None:
    world.fault(fault)
    assert world.present().facts["address"]
    assert world.changes == calls
    assert Claim(world.claim, NAME).launched


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        # The lines of the daemon's log that come first are not the reason.
        (
            "offline",
            '^Multipass did not launch lab: launch failed: Remote "" is .*-e multipass_vm_image=file',
        ),
        ("hash-mismatch", "cached download is broken: remove its network-cache"),
    ],
)
def test_a_launch_that_failed_for_good_says_why_and_leaves_nothing(world: World, fault: str, message: str) -> None:
    world.fault(fault)
    with pytest.raises(MultipassError, match=message):
        world.present()
    assert world.changes == [LAUNCH]
    assert not world.claim.exists()


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("daemon-down", "daemon does not answer.*snap restart multipass"),
        ("never-ran", "daemon does not answer.*snap restart multipass"),
        ("unauthenticated", "daemon does not answer|multipass authenticate"),
        ("access-denied", "daemon does not answer|join its group"),
    ],
)
@pytest.mark.parametrize("what", ["present", "absent"])
def test_a_daemon_that_does_not_answer_ends_the_run(world: World, what: str, fault: str, message: str) -> None:
    world.has(NAME, "Running")
    world.fault(fault)
    with pytest.raises(MultipassError, match=message):
        world.present() if what == "present" else world.absent()
    assert world.changes == []
    assert world.claim.exists()


def test_a_daemon_that_dies_of_a_launch_leaves_it_to_the_next_run(world: World) -> None:
    world.fault("daemon-dies")
    with pytest.raises(MultipassError, match="daemon does not answer"):
        world.present()
    assert Claim(world.claim, NAME).held
    world.fault()
    assert world.present().changed


def test_a_delete_that_does_not_return_is_an_error_and_the_next_one_ends_it(world: World) -> None:
    world.has(NAME, "Running")
    world.fault("delete-hangs")
    with pytest.raises(MultipassError, match=f"did not delete {NAME}: no answer within its time limit"):
        world.absent()
    assert world.claim.exists()
    world.fault()
    assert world.absent().changed
    assert world.changes == [PURGE, PURGE]


def test_a_slow_start_is_waited_for(world: World) -> None:
    world.has(NAME, "Stopped")
    world.fault("starting=4")
    world.present()
    assert world.changes == [f"start {NAME} --timeout 1800"]


def test_an_instance_that_stays_unknown_after_all_is_an_error(world: World) -> None:
    world.has(NAME, "Stopped")
    world.fault("stuck")
    with pytest.raises(MultipassError, match=f"{NAME} stays Unknown.*docs/providers.md"):
        world.present()
    assert [call.split()[0] for call in world.changes] == ["start", "stop", "start"]
    assert world.state() == "Unknown"


def test_a_start_that_is_refused_says_why(world: World) -> None:
    world.has(NAME, "Stopped")
    world.fault("no-start")
    with pytest.raises(MultipassError, match=f'{NAME} does not start: .*"write" lock'):
        world.present()
    assert world.state() == "Stopped"


def test_degraded_is_good_enough_and_named(world: World) -> None:
    world.fault("cloud-init-degraded")
    outcome = world.present()
    assert outcome.facts["cloud_init"] == "degraded"
    (warning,) = outcome.warnings
    assert "failed schema validation" in warning


def test_cloud_init_that_does_not_end_is_named_and_nothing_deleted(world: World) -> None:
    world.fault("cloud-init-running")
    with pytest.raises(MultipassError, match=r"not done yet: .*cloud-init status"):
        world.present()
    assert world.state() == "Running"


@pytest.mark.parametrize("fault", ["no-address", "unreachable"])
def test_an_instance_without_an_address_is_an_error_with_a_way_out(world: World, fault: str) -> None:
    world.has(NAME, "Running")
    world.fault(fault)
    with pytest.raises(MultipassError, match=f"has no address for it: .*multipass stop --force {NAME}"):
        world.present()
    assert world.changes == []


def test_the_addresses_of_pods_and_of_docker_are_not_the_instance_s(world: World) -> None:
    world.has(NAME, "Running")
    with store.Store.opened(world.directory) as opened:
        opened.instances[NAME].addresses = ["10.42.0.0", "172.17.0.1", "N/A", "10.186.30.7", "10.42.0.1"]
    assert world.present().facts["addresses"] == ["10.186.30.7"]


def test_an_instance_in_the_networks_of_pods_is_told_how_they_change(world: World) -> None:
    """Multipass draws its network from all of 10/8. Every address was dropped, and the error spoke of sleep."""
    world.has(NAME, "Running")
    with store.Store.opened(world.directory) as opened:
        opened.instances[NAME].addresses = ["10.42.186.7", "172.17.0.1"]
    with pytest.raises(MultipassError, match=r'has the address 10\.42\.186\.7, .*"cluster-cidr": "10\.244\.0\.0/16"'):
        world.present()
    elsewhere = ("10.244.0.0/16", "10.245.0.0/16")
    assert world.present(inner=elsewhere).facts["address"] == "10.42.186.7"


def test_an_image_of_the_user_s_own_is_launched_as_it_is(world: World) -> None:
    with pytest.raises(MultipassError, match=r"Custom image `/nowhere/noble\.img` does not exist"):
        world.present(replace(WANTED, image="file:///nowhere/noble.img"))


def test_the_daemon_s_log_is_no_reason(world: World) -> None:
    """Without a network it speaks of a failed download whatever a launch fails of."""
    world.fault("offline")
    with pytest.raises(MultipassError, match=r"Custom image `/nowhere/noble\.img` does not exist\.$"):
        world.present(replace(WANTED, image="file:///nowhere/noble.img"))
