"""Course tabs that ask for enrolment, and the list of tabs of a course."""

from __future__ import annotations

from typing import Any

from common.djangoapps.student.models import CourseEnrollment
from openedx.core.lib.course_tabs import CourseTabPluginManager
from xmodule.tabs import CourseTab

from .access import has_access


class EnrolledTab(CourseTab):
    """A tab for enrolled people and course staff."""

    @classmethod
    def is_enabled(cls, course: Any, user: Any = None) -> bool:
        """Tell whether the person is enrolled or staff."""
        return bool(
            user
            and user.is_authenticated
            and (CourseEnrollment.is_enrolled(user, course.id) or has_access(user, "staff", course, course.id))
        )


def get_course_tab_list(user: Any, course: Any) -> list[CourseTab]:
    """Return the tabs of plugins that the person sees in the course, in order of priority."""
    return [
        tab_type({"type": tab_type.type, "name": tab_type.title})
        for tab_type in CourseTabPluginManager.get_tab_types()
        if tab_type.is_dynamic and tab_type.is_enabled(course, user)
    ]
