"""Every migration of ours goes forward and back, on an empty database and with rows in every table.

All are found by looking, so a new one is covered when it is there. What a step may lose or change is named below, with
the reason; anything else that is different afterwards is a failure.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from .schema import OUR_APPS
from .walk import Rows, Step, Walker, each_step

# Columns whose stored values a step changes on the way forward, or does not bring back: step -> model.column -> why.
CHANGED_FORWARD: dict[Step, dict[str, str]] = {}
LOST_BACKWARD: dict[Step, dict[str, str]] = {}

# Values that a table needs to make sense to a migration that reads them (a callable gets the row's number).
SEEDS: dict[str, dict[str, Any]] = {}


@pytest.fixture
def walker(scratch: BaseDatabaseWrapper) -> Walker:
    return Walker(scratch)


def test_there_are_migrations_to_walk(walker: Walker) -> None:
    assert {app for app, _name in walker.steps()} == set(OUR_APPS)


def test_empty_database_forward_step_by_step_and_back(walker: Walker) -> None:
    steps = walker.steps()
    for step in steps:
        walker.forward(step)
    assert walker.tables() == {model._meta.db_table for model in walker.models()}
    for step in reversed(steps):
        walker.back(step)
        assert step not in walker.applied()
    assert walker.tables() == set()
    for step in steps:
        walker.forward(step)
    assert walker.applied() == set(steps)


def test_rows_in_every_table_survive_each_step_and_its_way_back(walker: Walker) -> None:
    for step in each_step(walker):
        walker.seed(SEEDS)
        before = walker.rows()
        walker.forward(step)
        after = walker.rows()
        assert not _damaged(before, after, CHANGED_FORWARD.get(step, {})), step
        walker.back(step)
        assert not _damaged(before, walker.rows(), LOST_BACKWARD.get(step, {})), step
        walker.forward(step)
        again = walker.rows()
        assert not _damaged(after, again, LOST_BACKWARD.get(step, {})), step


def test_damage_would_be_noticed(walker: Walker) -> None:
    """The twin of the test above: a lost blank at the end of a text shows, and so does a lost row."""
    walker.forward_to_the_end()
    walker.seed({})
    before = walker.rows()
    model = next(model for model in walker.models() if model._meta.label_lower == "people.auditentry")
    row = model._base_manager.first()
    model._base_manager.filter(pk=row.pk).update(reason=row.reason.rstrip())
    assert _damaged(before, walker.rows(), {}) == [f"people.auditentry.reason of {row.pk}"]
    assert not _damaged(before, walker.rows(), {"people.auditentry.reason": "because"})
    model._base_manager.filter(pk=row.pk).delete()
    assert _damaged(before, walker.rows(), {}) == [f"people.auditentry {row.pk}"]


def _damaged(before: Rows, after: Rows, excused: dict[str, str]) -> list[str]:
    """Return what is gone or different, of the columns that are there before and after."""
    found = []
    for name, rows in before.items():
        if name not in after or name in excused:
            continue
        for pk, row in rows.items():
            if pk not in after[name]:
                found.append(f"{name} {pk}")
                continue
            now = after[name][pk]
            shared = (row.keys() & now.keys()) - {key.split(".")[2] for key in excused if key.startswith(f"{name}.")}
            found += [f"{name}.{column} of {pk}" for column in sorted(shared) if row[column] != now[column]]
    return found
