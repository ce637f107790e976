"""The sweep over blended tasks: nobody is forgotten, and one task that cannot be evaluated holds up no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from opaque_keys.edx.keys import UsageKey

from discussion_ext.api import blended
from discussion_ext.blended import regrade
from discussion_ext.blended.tasks import await_everybody
from discussion_ext.blended.upkeep import sweep_blended_tasks
from discussion_ext.models import Participation, Task

from .conftest import START, Clock


def _task_of(usage_key: UsageKey) -> Task:
    return Task.objects.get(usage_key=str(usage_key))


def test_a_change_in_the_middle_of_a_run_is_not_taken_for_done(
    task: UsageKey, learner: int, peer: int, settle: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle()
    monkeypatch.setattr(regrade, "_look_at", partial(regrade._look_at, limit=1))
    found = _task_of(task)
    await_everybody(found)
    run = regrade.iter_regrade(found.pk)
    next(run)
    await_everybody(found)  # a unit came back, or the session is another: no new version
    list(run)
    stale = Participation.objects.filter(task=found, config_version=0)
    assert stale.exists()
    assert _task_of(task).settle_at is not None
    settle()
    assert not stale.exists()
    assert _task_of(task).settle_at is None


def test_a_task_that_changes_before_its_first_sweep_has_rows_for_everybody(
    make_task: Callable[..., UsageKey], task: UsageKey, learner: int, peer: int, settle: Callable[[], None]
) -> None:
    make_task(points=20)
    blended.regrade_task(_task_of(task).pk)  # as after a publish in the LMS
    settle()
    rows = Participation.objects.filter(task=_task_of(task))
    assert set(rows.values_list("user_id", flat=True)) >= {learner, peer}
    assert not rows.filter(evaluated_at=None).exists()


@pytest.mark.parametrize("is_changed", [True, False])
def test_a_task_that_cannot_be_looked_at_holds_up_no_other(
    make_task: Callable[..., UsageKey],
    task: UsageKey,
    learner: int,
    clock: Clock,
    settle: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    is_changed: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    later = make_task(name="later")
    settle()
    if is_changed:
        await_everybody(_task_of(task))
        await_everybody(_task_of(later))
    else:
        Participation.objects.update(next_look_at=START - timedelta(days=6))
    whole = regrade.gather

    def gather(found: Task, *args: Any, **values: Any) -> Any:
        return 1 / 0 if found.usage_key == str(task) else whole(found, *args, **values)

    monkeypatch.setattr(regrade, "gather", gather)
    before = Participation.objects.get(task=_task_of(later), user_id=learner).evaluated_at
    for _counts in sweep_blended_tasks(limit=5000):
        pass
    looked_at = Participation.objects.get(task=_task_of(later), user_id=learner).evaluated_at
    assert before is not None
    assert looked_at is not None
    assert looked_at > before
    assert f"discussion_ext.sweep_failed task={_task_of(task).pk} error=ZeroDivisionError" in caplog.text
