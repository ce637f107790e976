"""When things are due for one learner, and since when they are in the course."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from opaque_keys.edx.keys import CourseKey, UsageKey


def individual_due_shift(*, usage_key: UsageKey, user_id: int) -> timedelta | None:
    """Return by how much the learner's own due date differs from everybody's, None where they have none of their own.

    As :func:`individual_due_shifts` for one learner.
    """
    return individual_due_shifts(usage_key=usage_key, user_ids=[user_id]).get(user_id)


def individual_due_shifts(*, usage_key: UsageKey, user_ids: Collection[int]) -> dict[int, timedelta]:
    """Return by how much learners' own due dates differ from everybody's; who has none of their own is left out.

    The due date is that of the block itself or of the nearest block above it that has one in the published course.
    Where dates are relative to each learner's schedule, theirs is the one it is compared with. At most three queries,
    however many learners.
    """
    from edx_when.models import UserDate

    due = _find_due(usage_key)
    if due is None:
        return {}
    owned = UserDate.objects.filter(content_date_id=due.id, user_id__in=user_ids)
    # The newest row of a learner holds; one without a date takes earlier ones back.
    newest = {row.user_id: row for row in owned.only("user_id", "abs_date", "rel_date").order_by("modified", "id")}
    owned_by = {user_id: row for user_id, row in newest.items() if row.abs_date or row.rel_date}
    bases = _base_dates(due, owned_by)
    shifts = {
        user_id: row.abs_date - bases[user_id] if row.abs_date else row.rel_date
        for user_id, row in owned_by.items()
        if user_id in bases
    }
    return {user_id: shift for user_id, shift in shifts.items() if shift}


def joined_at(*, course_key: CourseKey, user_ids: Collection[int]) -> dict[int, datetime]:
    """Return since when these people are in the course; who is not actively enrolled is left out.

    It is the moment of the first enrolment: the platform keeps one row per person, made active again by coming back.
    """
    from common.djangoapps.student.models import CourseEnrollment

    active = CourseEnrollment.objects.filter(course_id=course_key, user_id__in=user_ids, is_active=True)
    return dict(active.values_list("user_id", "created"))


def _find_due(usage_key: UsageKey) -> Any | None:
    """Return the row of the due date that holds for a block, as the platform's field data finds it."""
    from edx_when.models import ContentDate

    course_key = usage_key.course_key
    path = list(_path(usage_key))
    rows = ContentDate.objects.filter(course_id=course_key, location__in=path, field="due", active=True)
    found = {row.location.map_into_course(course_key): row for row in rows.select_related("policy")}
    return next((found[key] for key in path if key in found), None)


def _path(usage_key: UsageKey) -> Iterator[UsageKey]:
    """Yield the key and those above it, nearest first; only the key itself where the course does not have the block."""
    from xmodule.modulestore.django import modulestore
    from xmodule.modulestore.exceptions import ItemNotFoundError

    store, key = modulestore(), usage_key
    with store.bulk_operations(usage_key.course_key):
        while key is not None:
            yield key.map_into_course(usage_key.course_key)
            try:
                key = store.get_parent_location(key)
            except ItemNotFoundError:
                return


def _base_dates(due: Any, user_ids: Collection[int]) -> dict[int, datetime]:
    """Return the due date that each of these learners has without one of their own; unknown ones are left out."""
    from edx_when.utils import Schedule

    if due.policy.rel_date is None:
        return dict.fromkeys(user_ids, due.policy.abs_date) if due.policy.abs_date else {}
    if Schedule is None or not user_ids:
        return {}
    starts = Schedule.objects.filter(enrollment__course_id=due.course_id, enrollment__user_id__in=user_ids)
    return {
        user_id: start + due.policy.rel_date
        for user_id, start in starts.values_list("enrollment__user_id", "start_date")
        if start is not None
    }
