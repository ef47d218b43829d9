"""Write the names of a run's tasks, and kill the run before the one that the test chose."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

from ansible.playbook.task import Task
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: lab_test
type: aggregate
short_description: Count the tasks of a run and kill it at one of them
description:
  - C(LAB_TEST_TASKS) names the file that gets one line per task.
  - C(LAB_TEST_KILL_AT) is the number of the task before which ansible-playbook ends by SIGKILL.
  - C(LAB_TEST_KILL_DELAY) moves that into the task, by so many seconds.
"""


class CallbackModule(CallbackBase):
    """The callback C(lab_test)."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "lab_test"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        """Read what the test wants."""
        super().__init__()
        self._count = 0
        self._kill_at = int(os.environ.get("LAB_TEST_KILL_AT", "0"))
        self._delay = float(os.environ.get("LAB_TEST_KILL_DELAY", "0"))
        self._tasks = Path(os.environ["LAB_TEST_TASKS"])

    def v2_playbook_on_task_start(self, task: Task, is_conditional: bool) -> None:
        """Count a task."""
        del is_conditional
        self._begin(task)

    def v2_playbook_on_handler_task_start(self, task: Task) -> None:
        """Count a handler."""
        self._begin(task)

    def _begin(self, task: Task) -> None:
        self._count += 1
        with self._tasks.open("a", encoding="utf-8") as file:
            file.write(f"{task.get_name()}\n")
        if self._count != self._kill_at:
            return
        if self._delay:
            threading.Timer(self._delay, os.kill, (os.getpid(), signal.SIGKILL)).start()
        else:
            os.kill(os.getpid(), signal.SIGKILL)
