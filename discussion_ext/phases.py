"""When a case is scheduled, open or closed; pure rules over a task's moments."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from .data import Phase

if TYPE_CHECKING:
    from .models import Task


def closing_moment(task: Task) -> datetime | None:
    """Return when the case closes or closed, None while no end is known.

    What the team does wins over the configured date: closing by hand, and opening again after it (with a new end or
    none) until the author sets a date later than that.
    """
    if task.closed_at is not None:
        return task.closed_at if task.closes_at is None or is_reopened(task) else min(task.closed_at, task.closes_at)
    if is_reopened(task):
        return task.reopened_until
    return task.closes_at


def is_reopened(task: Task) -> bool:
    """Tell whether opening again is what decides now, rather than the configured date."""
    return task.reopened_at is not None and (
        task.reopened_until is not None or task.closes_at is None or task.reopened_at >= task.closes_at
    )


def is_closed(task: Task, now: datetime) -> bool:
    """Tell whether nothing more can be posted."""
    moment = closing_moment(task)
    return moment is not None and now > moment


def phase_of(task: Task, now: datetime) -> Phase:
    """Return the phase of a case."""
    if is_closed(task, now):
        return "closed"
    if task.opens_at is not None and now < task.opens_at:
        return "scheduled"
    return "open"
