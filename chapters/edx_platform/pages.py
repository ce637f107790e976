"""What our pages of a course take from the platform: the course for its navigation, its front page, who looks."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from opaque_keys.edx.keys import CourseKey


def access_course(user: Any, course_key: CourseKey) -> Any:
    """Return the course block that the platform's course navigation draws for ``user``. Raise 404 if it is not theirs.

    It is handed to the platform's own templates and read by nothing of ours.
    """
    from lms.djangoapps.courseware.courses import get_course_with_access

    return get_course_with_access(user, "load", course_key)


def course_home_url(course_key: CourseKey) -> str:
    """Return the path of the course's front page; the platform leads on to its learning app from there."""
    return reverse("course_root", args=[str(course_key)])


def find_viewer_id() -> int | None:
    """Return who makes the present request, None where nobody is signed in or there is no request."""
    from crum import get_current_user

    user = get_current_user()
    return int(user.pk) if user is not None and user.is_authenticated and user.pk is not None else None
