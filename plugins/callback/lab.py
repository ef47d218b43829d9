"""Tell how a run gets on, beside Ansible's own output."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path

from ansible.errors import AnsibleError
from ansible.executor.stats import AggregateStats
from ansible.executor.task_result import CallbackTaskResult
from ansible.inventory.host import Host
from ansible.playbook import Playbook
from ansible.playbook.play import Play
from ansible.playbook.task import Task
from ansible.plugins.callback import CallbackBase
from ansible.template import Templar

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))  # Ansible loads this file by its path alone

from crud_lab import lock, progress
from crud_lab.commands import Commands

DOCUMENTATION = """
name: lab
type: aggregate
short_description: Tell how a run gets on
description:
  - Says before a task with the variable C(lab_usual_seconds) how long it usually takes.
  - Says which earlier choices a run would undo, from what C(lab_choices) returns.
  - Ends each stage with one line, from what C(lab_record) returns.
  - Shows at the very end the C(card) that a task returned, as the access card of the lab or the receipt of its removal.
  - Ends a failed run with one line, naming the stage, the reason and the command to go on with.
"""


class CallbackModule(CallbackBase):
    """The callback C(lab)."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "lab"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        """Begin with no stage running."""
        super().__init__()
        self._playbook = "site.yml"
        self._commands = Commands.of_run()
        self._play: Play | None = None
        self._task_name = ""
        self._began: dict[str, float] = {}
        self._locked: Path | None = None
        self._failure: tuple[Host, str] | None = None
        self._card = ""
        self._finding = ""

    def v2_playbook_on_start(self, playbook: Playbook) -> None:
        """Keep the playbook's name for the command that repeats a stage."""
        self._playbook = str(Path(str(playbook._file_name)).resolve())

    def v2_playbook_on_play_start(self, play: Play) -> None:
        """Keep the play: its variables decide whether a task will be skipped."""
        self._play = play

    def v2_playbook_on_task_start(self, task: Task, is_conditional: bool) -> None:
        """Start the clock of a stage with its first task, and keep the task's name, which is a template later on."""
        del is_conditional
        self._task_name = task.get_name()
        self._began.setdefault(_role(task), time.monotonic())

    def v2_playbook_on_handler_task_start(self, task: Task) -> None:
        """Treat a handler like any other task."""
        self.v2_playbook_on_task_start(task, is_conditional=False)

    def v2_runner_on_start(self, host: Host, task: Task) -> None:
        """Say before a task that takes long how long."""
        if "lab_usual_seconds" in task.vars and not task.check_mode:
            seconds = self._usual_seconds(host, task)
            if seconds:
                self._display.display(progress.hint(_stage(task), self._task_name, seconds), color="blue")

    def v2_runner_on_ok(self, result: CallbackTaskResult) -> None:
        """Print the line that ends a stage; keep the lock and a card for the end."""
        answer = result.result
        self._card = answer.get("card") or self._card
        if result.task.action == "lab_record":
            seconds = time.monotonic() - self._began.pop(_role(result.task), time.monotonic())
            line = progress.closing_line(answer, seconds, self._commands, check_mode=bool(result.task.check_mode))
            self._display.display(line, color="green")
        elif result.task.action == "lab_lock":
            self._locked = Path(answer["state_dir"])
        elif result.task.action == "lab_require" and not answer["ready"]:
            self._display.display(progress.waiting_line(answer), color="yellow")
        elif result.task.action == "lab_choices":
            for line in progress.undone_lines(answer):
                self._display.display(line, color="yellow")

    def v2_runner_on_failed(self, result: CallbackTaskResult, ignore_errors: bool = False) -> None:
        """Remember why a stage failed."""
        if not ignore_errors:
            self._remember(result)

    def v2_runner_on_unreachable(self, result: CallbackTaskResult) -> None:
        """Remember that the node didn't answer."""
        self._remember(result)

    def v2_playbook_on_stats(self, stats: AggregateStats) -> None:
        """Give up the lock; say at the very end what failed, unless it was rescued, else show the card."""
        if self._locked:
            lock.release(self._locked, lock.Holder.current())
        host, line = self._failure or (None, "")
        if host and (stats.failures.get(host.name) or stats.dark.get(host.name)):
            self._display.display(line, color="red")
            if self._finding:
                self._display.display(self._commands.complete(self._finding))
        elif self._card:
            self._display.display(f"\n{self._commands.complete(self._card)}")
            if self._commands.hidden:
                self._display.display(progress.hidden_line(self._commands.hidden))

    def _remember(self, result: CallbackTaskResult) -> None:
        self._finding = result.result.get("card", "")
        stage = _stage(result.task)
        again = self._commands.again(self._playbook, *([stage] if stage in result.task.tags else []))
        said = self._commands.complete(progress.said_by(result.result))
        self._failure = result.host, progress.failure_line(stage, said, again)

    def _usual_seconds(self, host: Host, task: Task) -> float:
        """Give the seconds of a task; 0 when it will be skipped."""
        if self._play is None:
            return 0
        variables = self._play.get_variable_manager().get_vars(play=self._play, host=host, task=task)
        # A condition may need what only the task itself has, like the item of a loop.
        with contextlib.suppress(AnsibleError):
            if not task._resolve_conditional(task.when, variables):
                return 0
        return float(Templar(task.get_loader(), variables).template(task.vars["lab_usual_seconds"]))


def _role(task: Task) -> str:
    return str(task._role.get_name()) if task._role else ""


def _stage(task: Task) -> str:
    return progress.stage_of((str(tag) for tag in task.tags), _role(task))
