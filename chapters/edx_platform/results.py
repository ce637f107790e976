"""Who passes which courses, as the grade book has it now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from opaque_keys.edx.keys import CourseKey


def list_passed_courses(
    user_ids: Collection[int], course_keys: Collection[CourseKey] | None = None
) -> dict[int, set[CourseKey]]:
    """Return the courses whose grade of each of these people is a pass now, in one query.

    Among ``course_keys``, or among all. Who passed once and fails now is left out: the grade book keeps the first pass
    for ever, and a letter only while the grade reaches one.
    """
    from lms.djangoapps.grades.models import PersistentCourseGrade

    rows = PersistentCourseGrade.objects.filter(user_id__in=user_ids, passed_timestamp__isnull=False)
    if course_keys is not None:
        rows = rows.filter(course_id__in=course_keys)
    found: dict[int, set[CourseKey]] = defaultdict(set)
    for user_id, course_key in rows.exclude(letter_grade="").order_by().values_list("user_id", "course_id"):
        found[user_id].add(course_key)
    return found
