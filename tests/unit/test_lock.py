"""run.lock: one run at a time, and none that is dead."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from ansible import context
from crud_lab import lock, process
from crud_lab.errors import LabError
from crud_lab.lock import Holder

# In seconds; far longer than anything here takes. It ends a test that would otherwise hang.
PATIENCE = 60


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as sleeper:
        yield sleeper
        sleeper.kill()


def holder_of(pid: int) -> Holder:
    start = process.started(pid)
    assert start
    return Holder(pid, start, "ann", "ansible-playbook site.yml", "2026-01-02 03:04:05+00:00")


def test_the_state_directory_and_the_lock_are_private(tmp_path: Path) -> None:
    state_dir = tmp_path / ".lab" / "one"
    lock.acquire(state_dir, Holder.current())
    assert stat.S_IMODE(state_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((state_dir / "run.lock").stat().st_mode) == 0o600


def test_no_value_of_a_variable_is_in_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"args": ["site.yml"], "tags": ["app"], "check": True, "extra_vars": ["registry_login=hunter2"]}
    monkeypatch.setattr(context, "CLIARGS", options)
    command = "/bin/ansible-playbook site.yml --tags app --check -e registry_login=hunter2"
    monkeypatch.setattr(sys, "argv", command.split())
    lock.acquire(tmp_path, Holder.current())
    found = Holder.parse((tmp_path / "run.lock").read_text())
    assert found
    assert found.command == "ansible-playbook site.yml --tags app --check"


def test_the_lock_is_private_from_its_first_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "chmod", lambda *_: None)
    lock.acquire(tmp_path, Holder.current())
    assert stat.S_IMODE((tmp_path / "run.lock").stat().st_mode) == 0o600


def test_at_the_end_nothing_is_left_of_a_run_that_made_nothing(tmp_path: Path) -> None:
    state_dir = tmp_path / ".lab" / "one"
    lock.acquire(state_dir, Holder.current())
    lock.release(state_dir, Holder.current())
    assert not list(tmp_path.iterdir())
    lock.release(state_dir, Holder.current())


def test_at_the_end_only_the_lock_goes_from_a_lab(tmp_path: Path) -> None:
    lock.acquire(tmp_path, Holder.current())
    (tmp_path / "lab.json").touch()
    lock.release(tmp_path, Holder.current())
    assert [path.name for path in tmp_path.iterdir()] == ["lab.json"]


def test_a_run_gives_up_its_own_lock_only(tmp_path: Path, other: subprocess.Popen[bytes]) -> None:
    lock.acquire(tmp_path, holder_of(other.pid))
    lock.release(tmp_path, Holder.current())
    assert (tmp_path / "run.lock").exists()


def test_one_may_come_while_another_leaves(tmp_path: Path, other: subprocess.Popen[bytes]) -> None:
    """The one that leaves removes file and directory under the hands of the one that comes."""
    state_dir = tmp_path / ".lab" / "one"
    errors: list[LabError] = []

    def come_and_go(holder: Holder) -> None:
        for _ in range(200):
            try:
                lock.acquire(state_dir, holder)
            except LabError as error:
                errors.append(error)
            lock.release(state_dir, holder)

    threads = [
        threading.Thread(target=come_and_go, args=(each,), daemon=True)
        for each in (Holder.current(), holder_of(other.pid))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    assert [error for error in errors if "being changed by" not in str(error)] == []
    assert not list(tmp_path.iterdir())


def test_the_same_run_may_take_it_again(tmp_path: Path) -> None:
    lock.acquire(tmp_path, Holder.current())
    lock.acquire(tmp_path, Holder.current())
    lock.check(tmp_path, Holder.current())


@pytest.mark.parametrize("take", [lock.acquire, lock.check])
def test_another_run_is_refused_and_told_by_whom(
    tmp_path: Path, other: subprocess.Popen[bytes], take: Callable[..., object]
) -> None:
    lock.acquire(tmp_path, holder_of(other.pid))
    with pytest.raises(LabError) as refused:
        take(tmp_path, Holder.current())
    assert str(refused.value) == (
        f"This lab is being changed by ann (pid {other.pid}, since 2026-01-02 03:04:05+00:00, "
        f"ansible-playbook site.yml): wait for it or stop it (kill {other.pid})."
    )


def test_a_killed_run_leaves_no_lock_even_before_its_parent_took_notice(
    tmp_path: Path, other: subprocess.Popen[bytes]
) -> None:
    lock.acquire(tmp_path, holder_of(other.pid))
    other.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while process.started(other.pid):  # it becomes a zombie, which still has a number
        assert time.monotonic() < deadline, "a zombie counts as a run"
    lock.acquire(tmp_path, Holder.current())
    found = Holder.parse((tmp_path / "run.lock").read_text())
    assert found
    assert found.pid == os.getpid()


def test_a_number_used_again_by_another_process_is_not_the_holder(
    tmp_path: Path, other: subprocess.Popen[bytes]
) -> None:
    lock.acquire(tmp_path, replace(holder_of(other.pid), started="another boot 1"))
    lock.acquire(tmp_path, Holder.current())


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}'])
def test_a_half_written_lock_holds_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.lock").write_text(content)
    lock.acquire(tmp_path, Holder.current())


def test_a_check_writes_nothing(tmp_path: Path) -> None:
    lock.check(tmp_path / "missing", Holder.current())
    assert not list(tmp_path.iterdir())


def test_of_two_that_come_together_one_gets_it(tmp_path: Path, other: subprocess.Popen[bytes]) -> None:
    state_dir = tmp_path / ".lab" / "one"
    outcomes: list[bool] = []
    barrier = threading.Barrier(2)

    def try_it(holder: Holder) -> None:
        barrier.wait(PATIENCE)
        try:
            lock.acquire(state_dir, holder)
        except LabError:
            outcomes.append(False)
        else:
            outcomes.append(True)

    for _ in range(50):
        shutil.rmtree(state_dir, ignore_errors=True)
        outcomes.clear()
        threads = [
            threading.Thread(target=try_it, args=(each,), daemon=True)
            for each in (Holder.current(), holder_of(other.pid))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert sorted(outcomes) == [False, True]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LabError, match=r"file/lab can't be written \(Not a directory\)"):
        lock.acquire(tmp_path / "file" / "lab", Holder.current())


def test_the_holder_is_the_parent_of_a_worker() -> None:
    code = (
        "import multiprocessing, os; from crud_lab import process\n"
        "queue = multiprocessing.get_context('fork').SimpleQueue()\n"
        "worker = multiprocessing.get_context('fork').Process(target=lambda: queue.put(process.main_pid()))\n"
        "worker.start(); print(queue.get() == os.getpid() == process.main_pid()); worker.join()"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    answer = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "True"


def test_ps_tells_the_same_where_there_is_no_proc(other: subprocess.Popen[bytes]) -> None:
    started = process._started_by_ps(other.pid)
    assert started is not None
    assert process._started_by_ps(other.pid) == started
    other.kill()
    other.wait()
    assert process._started_by_ps(other.pid) is None
