"""Every migration of ours goes forward and back, on an empty database and with rows in every table.

All are found by looking, so a new one is covered when it is there. What a step may lose or change is named below, with
the reason; anything else that is different afterwards is a failure.
"""

from __future__ import annotations

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from .schema import OUR_APPS
from .walk import Rows, Step, Walker, each_step

# What a step does not keep on the way forward: step -> model, or model.column -> why.
CHANGED_FORWARD: dict[Step, dict[str, str]] = {
    ("gamification", "0003_missed_completions_are_errands"): {"gamification.missedcompletion": "now people.errand"},
    ("gamification", "0004_no_missed_completions"): {"gamification.missedcompletion": "emptied by 0003"},
    ("discussion_ext", "0003_repairs_are_errands"): {"discussion_ext.repair": "now people.errand"},
    ("discussion_ext", "0004_no_repairs"): {"discussion_ext.repair": "emptied by 0003"},
}
# What a way back does not bring back, or brings back with another value.
_NEW_ERRAND = {
    "people.errand.ticket": "drawn anew by every move",
    "people.errand.created_at": "of the move",
    "people.errand.due_at": "of the move",
}
LOST_BACKWARD: dict[Step, dict[str, str]] = {
    ("gamification", "0003_missed_completions_are_errands"): _NEW_ERRAND
    | {
        "gamification.missedcompletion.missed_at": "the column is filled with the moment of its insert",
        "people.errand.facts": "holds that moment too",
    },
    ("gamification", "0004_no_missed_completions"): CHANGED_FORWARD["gamification", "0004_no_missed_completions"],
    ("discussion_ext", "0003_repairs_are_errands"): _NEW_ERRAND
    | {"discussion_ext.repair.created_at": "the column is filled with the moment of its insert"},
    ("discussion_ext", "0004_no_repairs"): CHANGED_FORWARD["discussion_ext", "0004_no_repairs"],
}


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


def test_rows_in_every_table_survive_each_step_and_its_way_back(walker: Walker) -> None:
    for step in each_step(walker):
        walker.seed()
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
    walker.seed()
    before = walker.rows()
    model = next(model for model in walker.models() if model._meta.label_lower == "people.auditentry")
    row = model._base_manager.first()
    model._base_manager.filter(pk=row.pk).update(reason=row.reason.rstrip())
    assert _damaged(before, walker.rows(), {}) == [f"people.auditentry.reason of {row.pk}"]
    assert not _damaged(before, walker.rows(), {"people.auditentry.reason": "because"})
    model._base_manager.filter(pk=row.pk).delete()
    assert _damaged(before, walker.rows(), {}) == [f"people.auditentry {row.pk}"]


def _damaged(before: Rows, after: Rows, excused: dict[str, str]) -> list[str]:
    """Return what is gone or different and not excused; what is new is no damage."""
    found = []
    for name, rows in before.items():
        if name in excused:
            continue
        for key, row in rows.items():
            now = after.get(name, {}).get(key)
            if now is None:
                found.append(f"{name} {key}")
                continue
            columns = [column for column in row if f"{name}.{column}" not in excused]
            found += [f"{name}.{column} of {key}" for column in columns if row[column] != now.get(column, "gone")]
    return found
