"""The card "Points" under Pages & Resources in Studio, with which a course team turns points on and off."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_noop as _
from opaque_keys.edx.keys import CourseKey

from openedx.core.djangoapps.course_apps.plugins import CourseApp

from . import api
from .permissions import may_switch_points


class PointsCourseApp(CourseApp):
    """Turns points, their pages and the course tab on or off; what was earned stays in the ledger."""

    app_id = "community_points"
    name = _("Points")
    description = _("Give points with reasons for taking part, with levels and a course board.")
    documentation_links: ClassVar[dict[str, str]] = {}

    @classmethod
    def is_available(cls, course_key: CourseKey) -> bool:
        """Return True: every course can use points."""
        return course_key.is_course

    @classmethod
    def is_enabled(cls, course_key: CourseKey) -> bool:
        """Return whether points are on for a course. The platform keeps the answer at publishing, in its worker."""
        return api.is_on_now(course_key)

    @classmethod
    def set_enabled(cls, course_key: CourseKey, enabled: bool, user: Any) -> bool:
        """Turn points on or off for a course and return the new state. The course team only."""
        decision = may_switch_points(user, course_key)
        if not decision.is_allowed:
            raise PermissionDenied(decision.sentence)
        api.set_on(course_key, enabled, actor_id=user.id)
        return enabled

    @classmethod
    def get_allowed_operations(cls, course_key: CourseKey, user: Any = None) -> dict[str, bool]:
        """Return what ``user`` may do with the card. There is nothing to configure beyond on and off."""
        return {"enable": may_switch_points(user, course_key).is_allowed, "configure": False}
