"""A data migration that is killed half-way is run again and ends where it would have ended.

Every migration that works in batches is killed, forward and back: in a process of its own with SIGKILL on the server,
where nothing but the database can help; by an exception that nobody expects on SQLite.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.operations import RunPython

from people.batches import InBatches

from .dying import dying_in_batch
from .test_migrations import LOST_BACKWARD
from .test_rules import our_migrations
from .walk import IDENTITY, Rows, Step, Walker

BATCHED = [
    step
    for step, migration in our_migrations()
    if any(isinstance(each, RunPython) and isinstance(each.code, InBatches) for each in migration.operations)
]
# Two batches are done when the third is killed, and one more is left.
ROWS = 3 * 500 + 7


class Died(BaseException):
    """Nobody expects it, so nobody handles it."""


@pytest.fixture(params=BATCHED, ids="/".join)
def step(request: pytest.FixtureRequest) -> Step:
    return request.param


@pytest.fixture
def walker(scratch: BaseDatabaseWrapper, step: Step) -> Walker:
    """Return a database in which the step is the next, with many rows in the tables that are moved between."""
    walker = Walker(scratch)
    steps = walker.steps()
    for each in steps[: steps.index(step)]:
        walker.forward(each)
    walker.seed(rows=ROWS, only=IDENTITY)
    return walker


@pytest.fixture
def die(walker: Walker, step: Step, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a way to begin the step, forward or back, and not to finish it."""

    def by_exception(way: str) -> None:
        def die() -> None:
            raise Died

        with monkeypatch.context() as patch:
            patch.setattr(InBatches, "__call__", dying_in_batch(3, die))
            with pytest.raises(Died):
                (walker.forward if way == "forward" else walker.back)(step)

    def by_signal(way: str) -> None:
        settings = connections.databases["default"]
        server = f"{settings['USER']}:{settings['PASSWORD']}@{settings['HOST']}:{settings['PORT']}"
        environment = {
            **os.environ,
            "DATABASE_URL": f"mysql://{server}/{settings['NAME']}",
            "DJANGO_SETTINGS_MODULE": "embedded_host.settings.test_lms",
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }
        command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("dying.py")), *step, way]
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        assert done.returncode == -signal.SIGKILL, done.stderr

    return by_signal if walker.connection.vendor == "mysql" else by_exception


def test_there_is_something_to_kill() -> None:
    assert BATCHED


def test_killed_and_run_again(walker: Walker, step: Step, die: Callable[[str], None]) -> None:
    before = walker.rows()
    walker.forward(step)
    whole = walker.rows()
    walker.back(step)
    die("forward")
    assert step not in walker.applied()
    assert _sizes(walker.rows()) not in (_sizes(before), _sizes(whole)), "it was not half-way"
    walker.forward(step)
    assert _same(walker.rows(), whole, step)
    die("back")
    assert step in walker.applied()
    assert _sizes(walker.rows()) not in (_sizes(before), _sizes(whole)), "it was not half-way"
    walker.back(step)
    assert _same(walker.rows(), before, step)


def _sizes(rows: Rows) -> list[tuple[str, int]]:
    return [(name, len(found)) for name, found in rows.items()]


def _same(one: Rows, other: Rows, step: Step) -> bool:
    """Compare all that a way back and forth is said to keep."""
    lost = LOST_BACKWARD.get(step, {})
    kept = [
        {
            name: {
                key: {column: value for column, value in row.items() if f"{name}.{column}" not in lost}
                for key, row in found.items()
            }
            for name, found in rows.items()
        }
        for rows in (one, other)
    ]
    return kept[0] == kept[1]
