"""What our pages of a course take from the platform: the course for its navigation, its front page, who may enter."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse
from opaque_keys.edx.keys import CourseKey


def access_course(user: Any, course_key: CourseKey) -> Any:
    """Return the course block that the platform's course navigation draws for ``user``. Raise 404 if it is not theirs.

    It is handed to the platform's own templates and read by nothing of ours.
    """
    from lms.djangoapps.courseware.courses import get_course_with_access

    return get_course_with_access(user, "load", course_key)


def can_load_course(user_id: int, course_key: CourseKey) -> bool:
    """Tell whether the platform lets the person into the course now: it has started, is visible, and so on."""
    from lms.djangoapps.courseware.access import has_access
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    overview = CourseOverview.objects.filter(id=course_key).first()
    user = get_user_model().objects.filter(pk=user_id).first()
    return overview is not None and user is not None and bool(has_access(user, "load", overview))


def course_home_url(course_key: CourseKey) -> str:
    """Return the path of the course's front page; the platform leads on to its learning app from there."""
    return reverse("course_root", args=[str(course_key)])
