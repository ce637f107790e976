"""Places at which a worker stops in the middle of a task, for a test to kill it there.

A worker loads this with ``-I``. ``WORKER_PAUSES`` is JSON: {task, or task:first argument: [pattern, n]}. Before the
n-th statement that matches the pattern the process says so with a file in ``WORKER_FOLDER`` and waits to be killed.
Each place stops one process, once.
"""

from __future__ import annotations

import json
import os
import re
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.db import connection

PAUSES: dict[str, tuple[str, int]] = json.loads(os.environ.get("WORKER_PAUSES", "{}"))
_stack = ExitStack()


def name_of(task: str, args: Any) -> str:
    """Return the name under which a message is looked up: jobs by the job."""
    return f"{task}:{args[0]}" if f"{task}:{(args or [''])[0]}" in PAUSES else task


def marker(name: str) -> Path:
    """Return the file that says that a process waits at this place."""
    return Path(os.environ["WORKER_FOLDER"]) / name.replace(":", "_")


class Pause:
    """Counts matching statements and waits before the one it was made for."""

    def __init__(self, name: str, pattern: str, number: int) -> None:
        self._name = name
        self._pattern = re.compile(pattern, re.IGNORECASE | re.DOTALL)
        self._left = number

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Run a statement, or wait before it."""
        if self._pattern.search(sql):
            self._left -= 1
            if self._left == 0:
                self._wait()
        return execute(sql, params, many, context)

    def _wait(self) -> None:
        try:
            marker(self._name).touch(exist_ok=False)
        except FileExistsError:
            return
        while True:
            time.sleep(60)


def pause_at(name: str) -> None:
    """Let this process wait at the place of that name, if there is one."""
    if name in PAUSES:
        _stack.enter_context(connection.execute_wrapper(Pause(name, *PAUSES[name])))


@task_prerun.connect
def on_task_prerun(task: Any = None, args: Any = None, **_kwargs: Any) -> None:
    """Watch the statements of a task."""
    pause_at(name_of(task.name, args))


@task_postrun.connect
def on_task_postrun(**_kwargs: Any) -> None:
    """Stop watching."""
    _stack.close()
