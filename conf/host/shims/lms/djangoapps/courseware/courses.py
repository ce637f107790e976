"""Open a course for somebody, or answer 404."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from opaque_keys.edx.keys import CourseKey

from common.djangoapps.student.models import CourseEnrollment
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
from xmodule.modulestore.django import modulestore

from .access import has_access


def get_course(course_id: CourseKey, depth: int | None = 0) -> Any:
    """Return the course block; ``ValueError`` where there is none."""
    course = modulestore().get_course(course_id, depth=depth)
    if course is None:
        raise ValueError(f"Course not found: {course_id}")
    return course


def get_course_by_id(course_key: CourseKey, depth: int | None = 0) -> Any:
    """Return the course block or answer 404."""
    course = modulestore().get_course(course_key, depth=depth)
    if course is None:
        raise Http404(f"Course not found: {course_key}.")
    return course


def get_course_with_access(
    user: Any, action: str, course_key: CourseKey, depth: int | None = 0, check_if_enrolled: bool = False, **_: Any
) -> Any:
    """Return the course block if the person may do ``action`` there, else answer 404."""
    course = get_course_by_id(course_key, depth)
    _check(user, action, course, course_key, check_if_enrolled)
    return course


def get_course_overview_with_access(
    user: Any, action: str, course_key: CourseKey, check_if_enrolled: bool = False
) -> CourseOverview:
    """Return the course overview if the person may do ``action`` there, else answer 404."""
    overview = CourseOverview.objects.filter(id=course_key).first()
    if overview is None:
        raise Http404("Course not found.")
    _check(user, action, overview, course_key, check_if_enrolled)
    return overview


def _check(user: Any, action: str, course: Any, course_key: CourseKey, check_if_enrolled: bool) -> None:
    if has_access(user, "staff", course, course_key):
        return
    if not has_access(user, action, course, course_key):
        raise Http404("Course not found.")
    if check_if_enrolled and not CourseEnrollment.is_enrolled(user, course_key):
        raise Http404("Course not found.")
