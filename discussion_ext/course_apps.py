"""The card "Case discussions" under Pages & Resources in Studio, with which a course team turns cases on and off."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from opaque_keys.edx.keys import CourseKey

from openedx.core.djangoapps.course_apps.plugins import CourseApp

from . import api


class CasesCourseApp(CourseApp):
    """Turns case discussions on or off; what was written stays."""

    app_id = "community_cases"
    name = gettext_noop("Case discussions")
    description = gettext_noop("Let learners take a position on a case, answer each other and look back.")
    documentation_links: ClassVar[dict[str, str]] = {}

    @classmethod
    def is_available(cls, course_key: CourseKey) -> bool:
        """Return True for courses; a library has no learners."""
        return course_key.is_course

    @classmethod
    def is_enabled(cls, course_key: CourseKey) -> bool:
        """Return whether cases are on in a course."""
        return api.is_on(course_key)

    @classmethod
    def set_enabled(cls, course_key: CourseKey, enabled: bool, user: Any) -> bool:
        """Turn cases on or off in a course and return the new state. The course team only."""
        if not api.is_course_team(user.id, course_key):
            raise PermissionDenied(_("Only the course team turns case discussions on or off."))
        api.set_on(course_key, enabled, actor_id=user.id)
        return enabled

    @classmethod
    def get_allowed_operations(cls, course_key: CourseKey, user: Any = None) -> dict[str, bool]:
        """Return what ``user`` may do with the card. Cases are configured in their blocks."""
        user_id = user.id if user is not None else None
        return {"enable": api.is_course_team(user_id, course_key), "configure": False}
