"""Whose an instance is: the note in the state directory, after kills and races too."""

from __future__ import annotations

import pytest
from harness import NAME, World
from multipass_client.claim import Claim
from multipass_client.errors import MultipassError
from test_states import LAUNCH, PURGE


def test_a_name_that_another_takes_meanwhile_is_not_ours(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Claim.write

    def race(claim: Claim, *, launched: bool) -> None:
        world.has(NAME, "Running", ours=False)
        write(claim, launched=launched)

    monkeypatch.setattr(Claim, "write", race)
    with pytest.raises(MultipassError, match="Somebody else has just made an instance"):
        world.present()
    assert not world.claim.exists()


def test_a_launch_that_a_kill_left_to_the_daemon_is_known_as_ours(world: World) -> None:
    Claim(world.claim, NAME).write(launched=False)
    world.has(NAME, "Unknown", looks=4, ours=False)
    world.present()
    assert world.changes == []
    assert Claim(world.claim, NAME).launched


def test_present_waits_for_what_a_killed_launch_is_still_preparing(world: World) -> None:
    world.fault("preparing=5")
    world.client.call(*LAUNCH.split(), stdin="{}")
    Claim(world.claim, NAME).write(launched=False)
    world.client.calls.clear()
    assert world.present().changed
    assert world.changes == [LAUNCH], "which is refused: the instance is being prepared"
    assert world.state() == "Running"


def test_what_is_being_prepared_for_somebody_else_is_not_ours(world: World) -> None:
    world.fault("preparing=5")
    world.client.call(*LAUNCH.split(), stdin="{}")
    with pytest.raises(MultipassError, match="Somebody else has just made an instance"):
        world.present()
    assert not world.claim.exists()
    assert not world.absent().changed


def test_absent_waits_for_what_a_killed_launch_is_still_preparing(world: World) -> None:
    world.fault("preparing=3")
    world.client.call(*LAUNCH.split(), stdin="{}")
    Claim(world.claim, NAME).write(launched=False)
    world.client.calls.clear()
    assert world.absent().changed
    assert world.changes == [PURGE]
    assert world.state() is None


def test_absent_does_not_wait_for_ever_for_what_was_never_made(world: World) -> None:
    Claim(world.claim, NAME).write(launched=False)
    assert not world.absent().changed
    assert world.seconds <= 40
    assert not world.claim.exists()


@pytest.mark.parametrize("content", ["", "null", "[]", '{"name": "other", "launched": true}'])
def test_a_note_that_names_no_instance_or_another_claims_nothing(world: World, content: str) -> None:
    world.has(NAME, "Running", ours=False)
    world.claim.write_text(content)
    with pytest.raises(MultipassError, match="This lab did not make the instance"):
        world.present()
    assert not world.absent().changed
    assert world.changes == []


def test_check_mode_writes_no_note(world: World) -> None:
    Claim(world.claim, NAME).write(launched=False)
    world.has(NAME, "Running", ours=False)
    world.present(check_mode=True)
    assert not Claim(world.claim, NAME).launched
