import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout

import pytest
from labkube.components import Component
from labkube.supervise import DiedError, Stopped, Supervisor

PATIENT = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)}
    supervisor = Supervisor()
    yield supervisor
    supervisor.stop(("one", "two"), seconds=0)
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_dead_component_is_reported_with_the_end_of_its_log(supervisor: Supervisor):
    supervisor.start(Component("one", [sys.executable, "-c", "import sys; print('no disk'); sys.exit(3)"]))
    with pytest.raises(DiedError, match=r"one ended with code 3; the end of its log:\n  no disk"):
        supervisor.wait_until("nothing", lambda: False)


# Not pytest's own capture: it loses what a thread writes while it is read.
def test_output_carries_the_components_name(supervisor: Supervisor):
    with redirect_stdout(io.StringIO()) as output:
        supervisor.start(Component("one", PATIENT))
        supervisor.wait_until("output", lambda: "one: up\n" in output.getvalue())


def test_sigterm_ends_the_waiting(supervisor: Supervisor):
    os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(Stopped):
        supervisor.wait_until("nothing", lambda: False)


def test_a_dead_component_is_noticed_at_once(supervisor: Supervisor):
    supervisor.start(Component("one", ["sleep", "0.1"]))
    with pytest.raises(DiedError):
        supervisor.sleep(60)


def test_an_ended_start_can_say_what_it_waited_for(supervisor: Supervisor):
    supervisor.wait_until("the sun", lambda: True)
    assert supervisor.awaited == ""
    os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(Stopped):
        supervisor.wait_until("the moon", lambda: False)
    assert supervisor.awaited == "the moon"


def test_a_deaf_component_is_killed(supervisor: Supervisor):
    with redirect_stdout(io.StringIO()) as output:
        supervisor.start(Component("one", DEAF), Component("two", PATIENT))
        supervisor.wait_until("output", lambda: all(f"{name}: up" in output.getvalue() for name in ("one", "two")))
    supervisor.stop(("two",), ("one",), seconds=0.2)
    with pytest.raises(DiedError):
        supervisor.check()


def test_a_short_program_is_run_to_its_end(supervisor: Supervisor):
    assert supervisor.run(["sh", "-c", "echo said; exit 4"]) == (4, "said")
