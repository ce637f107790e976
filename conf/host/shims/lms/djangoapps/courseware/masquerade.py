"""Staff who look at a course as a learner, or as one particular learner.

The choice is kept in the session. ``request.user`` stays the staff member; the runtime's user becomes the learner.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from opaque_keys.edx.keys import CourseKey

from common.djangoapps.student.models import CourseEnrollment

MASQUERADE_SETTINGS_KEY = "masquerade_settings"


@dataclass
class CourseMasquerade:
    """How a course is being looked at: ``role`` and, for one particular learner, ``user_name``."""

    course_key: CourseKey
    role: str = "student"
    user_name: str | None = None
    user_partition_id: int | None = None
    group_id: int | None = None


def set_masquerade(request: Any, course_key: CourseKey, *, role: str, user_name: str | None = None) -> None:
    """Keep the choice in the session; ``role="staff"`` without a name ends the masquerade."""
    stored = dict(request.session.get(MASQUERADE_SETTINGS_KEY, {}))
    stored.pop(str(course_key), None)
    if role != "staff" or user_name:
        chosen = asdict(CourseMasquerade(course_key, role=role, user_name=user_name))
        stored[str(course_key)] = {name: value for name, value in chosen.items() if name != "course_key"}
    request.session[MASQUERADE_SETTINGS_KEY] = stored


def setup_masquerade(
    request: Any, course_key: CourseKey, staff_access: bool = False, reset_masquerade_data: bool = False
) -> tuple[CourseMasquerade | None, Any]:
    """Return how the course is being looked at and as whom; both users learn of it by ``masquerade_settings``."""
    if request.user is None or not settings.FEATURES.get("ENABLE_MASQUERADE", False) or not staff_access:
        return None, request.user
    stored = request.session.get(MASQUERADE_SETTINGS_KEY, {}).get(str(course_key))
    if not stored:
        return None, request.user
    masquerade = CourseMasquerade(course_key, **stored)
    if not masquerade.user_name:
        request.user.masquerade_settings = {course_key: masquerade}
        return masquerade, request.user
    learner = CourseEnrollment.objects.users_enrolled_in(course_key).filter(username=masquerade.user_name).first()
    if learner is None:
        set_masquerade(request, course_key, role="staff")
        return None, request.user
    request.user.masquerade_settings = learner.masquerade_settings = {course_key: masquerade}
    learner.real_user = request.user
    return masquerade, learner


def get_course_masquerade(user: Any, course_key: CourseKey) -> CourseMasquerade | None:
    """Return how this user object looks at the course; a user read afresh from the database never masquerades."""
    return getattr(user, "masquerade_settings", {}).get(course_key)


def get_masquerade_role(user: Any, course_key: CourseKey) -> str | None:
    """Return the role looked through, or None."""
    masquerade = get_course_masquerade(user, course_key)
    return masquerade.role if masquerade else None


def is_masquerading(user: Any, course_key: CourseKey, course_masquerade: CourseMasquerade | None = None) -> bool:
    """Tell whether a masquerade is on."""
    return (course_masquerade or get_course_masquerade(user, course_key)) is not None


def is_masquerading_as_student(user: Any, course_key: CourseKey) -> bool:
    """Tell whether the course is looked at as a learner, any or particular."""
    return get_masquerade_role(user, course_key) == "student"


def is_masquerading_as_specific_student(user: Any, course_key: CourseKey) -> bool:
    """Tell whether the course is looked at as one particular learner."""
    masquerade = get_course_masquerade(user, course_key)
    return bool(masquerade and masquerade.user_name)


def get_specific_masquerading_user(user: Any, course_key: CourseKey) -> User | None:
    """Return the learner who is looked through, or None."""
    masquerade = get_course_masquerade(user, course_key)
    return User.objects.get(username=masquerade.user_name) if masquerade and masquerade.user_name else None
