"""Individual due dates, as the instructor dashboard gives them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime as parse
from django.utils.translation import gettext as _
from edx_when import api

from common.djangoapps.student.models import CourseEnrollment


class DashboardError(Exception):
    """What cannot be done; the message is for the course team."""


def parse_datetime(datestr: str) -> datetime:
    """Return the moment in UTC; raises DashboardError."""
    try:
        moment = parse(datestr.strip())
    except ValueError:
        moment = None
    if moment is None:
        raise DashboardError(_("Unable to parse date: ") + datestr)
    return moment.replace(tzinfo=UTC)


def find_unit(course: Any, url: str) -> Any:
    """Return the block with this key; raises DashboardError."""
    found = next((node for node in _walk(course) if str(node.location) == url), None)
    if found is None:
        raise DashboardError(_("Couldn't find module for url: {0}").format(url))
    return found


def get_units_with_due_date(course: Any) -> list[Any]:
    """Return the topmost blocks with due dates of their own."""
    dates = api.get_dates_for_course(course.id, use_cached=False)
    units: list[Any] = []

    def visit(node: Any) -> None:
        if (node.location, "due") in dates:
            units.append(node)
        else:
            for child in node.get_children():
                visit(child)

    visit(course)
    return units


def set_due_date_extension(
    course: Any, unit: Any, student: Any, due_date: datetime | None, actor: Any = None, reason: str = ""
) -> None:
    """Give a learner a due date of their own for a block and all below it that have one; None takes it back.

    Raises DashboardError when the learner is not enrolled, nothing is due, or the date is before everybody's.
    """
    if not CourseEnrollment.is_enrolled(student, course.id):
        raise DashboardError(_("Could not find student enrollment in the course."))
    dates = api.get_dates_for_course(course.id, user=student, use_cached=False)
    below = [node for node in _walk(unit) if (node.location, "due") in dates and node.location != unit.location]
    for block in (unit, *below):
        try:
            api.set_date_for_block(course.id, block.location, "due", due_date, user=student, reason=reason, actor=actor)
        except api.MissingDateError as error:
            raise DashboardError(_("Unit {0} has no due date to extend.").format(unit.location)) from error
        except api.InvalidDateError as error:
            raise DashboardError(_("An extended due date must be later than the original due date.")) from error
    api.get_dates_for_course(course.id, user=student, use_cached=False)


def _walk(node: Any) -> Iterator[Any]:
    yield node
    for child in node.get_children():
        yield from _walk(child)
