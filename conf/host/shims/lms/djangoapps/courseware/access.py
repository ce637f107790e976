"""Who may do what in a course: ``load`` it or work as its ``staff``."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from opaque_keys.edx.keys import CourseKey, UsageKey

from common.djangoapps.student.models import CourseAccessRole, CourseEnrollment
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

from .masquerade import is_masquerading_as_student

STAFF_ROLES = ("staff", "limited_staff", "instructor")


def has_staff_roles(user: Any, course_key: CourseKey) -> bool:
    """Tell whether the person is staff of the course or site, masquerading or not."""
    if not (user and user.is_authenticated and user.is_active):
        return False
    if user.is_staff:
        return True
    return CourseAccessRole.objects.filter(user_id=user.id, course_id=course_key, role__in=STAFF_ROLES).exists()


def has_started(course_key: CourseKey) -> bool:
    """Tell whether the course is open to learners by now; one without a start always is."""
    return not CourseOverview.objects.filter(id=course_key, start__gt=timezone.now()).exists()


def can_load_block(user: Any, tree: Any, usage_key: UsageKey) -> bool:
    """Tell whether the person may use a block of a course that has started, unless it is for staff only.

    Enrolment is not asked, as in the LMS.
    """
    if has_access(user, "staff", usage_key.course_key):
        return True
    path = [tree.find(usage_key), *tree.ancestors(usage_key)]
    is_hidden = any(node.fields.get("visible_to_staff_only") for node in path)
    return not is_hidden and has_started(usage_key.course_key)


def has_access(user: Any, action: str, obj: Any, course_key: CourseKey | None = None) -> bool:
    """Tell whether the person may do ``action`` in the course of ``obj``: staff, instructor, load or enroll.

    Staff who view a course as a learner have a learner's access.
    """
    key = course_key or _course_key_of(obj)
    if action == "instructor":
        return _is_staff(user, key, roles=("instructor",))
    if _is_staff(user, key, roles=STAFF_ROLES):
        return True
    if action == "load":
        return CourseEnrollment.is_enrolled(user, key) and has_started(key)
    return action in {"enroll", "see_exists"}


def _is_staff(user: Any, course_key: CourseKey, *, roles: tuple[str, ...]) -> bool:
    if not (user and user.is_authenticated and user.is_active) or is_masquerading_as_student(user, course_key):
        return False
    if user.is_staff:
        return True
    return CourseAccessRole.objects.filter(user_id=user.id, course_id=course_key, role__in=roles).exists()


def _course_key_of(obj: Any) -> CourseKey:
    if isinstance(obj, CourseKey):
        return obj
    location = getattr(obj, "location", None)
    return location.course_key if location is not None else obj.id


def get_user_role(user: Any, course_key: CourseKey) -> str:
    """Return ``instructor``, ``staff`` or ``student``, as blocks are told."""
    if is_masquerading_as_student(user, course_key):
        return "student"
    if has_access(user, "instructor", course_key):
        return "instructor"
    return "staff" if has_access(user, "staff", course_key) else "student"
