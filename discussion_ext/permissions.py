"""Who may do what in a course; asked at the edge, no by default."""

from __future__ import annotations

from opaque_keys.edx.keys import CourseKey

from . import edx_platform


def can_take_part(user_id: int | None, course_key: CourseKey) -> bool:
    """Tell whether the person may post in cases of this course: an active enrolment."""
    return user_id is not None and edx_platform.is_enrolled(user_id, course_key)


def is_course_team(user_id: int | None, course_key: CourseKey) -> bool:
    """Tell whether the person runs this course."""
    return user_id is not None and edx_platform.is_course_team(user_id, course_key)
