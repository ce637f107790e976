"""Who takes which courses, and what courses are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from opaque_keys.edx.keys import CourseKey


def list_enrolled_courses(
    user_ids: Collection[int], course_keys: Collection[CourseKey] | None = None
) -> dict[int, set[CourseKey]]:
    """Return the courses in which each of these people is actively enrolled, in one query.

    Among ``course_keys``, or among all; courses that were deleted are no courses any more.
    """
    from common.djangoapps.student.models import CourseEnrollment

    # The enrolment of a deleted course stays; what goes is the overview, which the join asks for.
    rows = CourseEnrollment.objects.filter(user_id__in=user_ids, is_active=True).order_by()
    if course_keys is not None:
        rows = rows.filter(course_id__in=course_keys)
    found: dict[int, set[CourseKey]] = defaultdict(set)
    for user_id, course_key, _org in rows.values_list("user_id", "course_id", "course__org"):
        found[user_id].add(course_key)
    return found


def list_ever_enrolled(course_key: CourseKey, *, after: int, limit: int) -> list[tuple[int, int]]:
    """Return enrolments of a course, active or not, as pairs (number of the enrolment, user id), in their order.

    Those with numbers above ``after``, at most ``limit``: a large course is walked without sorting it.
    """
    from common.djangoapps.student.models import CourseEnrollment

    rows = CourseEnrollment.objects.filter(course_id=course_key, pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", "user_id")[:limit])


def list_courses_of(organizations: Iterable[str]) -> list[CourseKey]:
    """Return the courses that these organizations have now, by key."""
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    rows = CourseOverview.objects.filter(org__in=list(organizations)).order_by("id")
    return list(rows.values_list("id", flat=True))


def list_course_names(course_keys: Iterable[CourseKey]) -> dict[CourseKey, str]:
    """Return what courses are called, by key, in one query; those that do not exist, or have no name, are left out."""
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    rows = CourseOverview.objects.filter(id__in=list(course_keys))
    return {key: name for key, name in rows.values_list("id", "display_name") if name}
