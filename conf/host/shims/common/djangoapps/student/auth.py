"""Who may author a course."""

from __future__ import annotations

from typing import Any

from opaque_keys.edx.keys import CourseKey

from .models import CourseAccessRole
from .roles import CourseInstructorRole, CourseStaffRole


def has_studio_write_access(user: Any, course_key: CourseKey) -> bool:
    """Tell whether the person may change the course in Studio."""
    if not (user and user.is_authenticated and user.is_active):
        return False
    if user.is_staff or user.is_superuser:
        return True
    return CourseAccessRole.objects.filter(
        user_id=user.id, course_id=course_key, role__in=[CourseStaffRole.ROLE, CourseInstructorRole.ROLE]
    ).exists()


has_course_author_access = has_studio_write_access
has_studio_read_access = has_studio_write_access
