"""The card "Chapters" under Pages & Resources in Studio, with which a course team shows its chapters in the course."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from opaque_keys.edx.keys import CourseKey

from discussion_ext import api as discussion_ext
from openedx.core.djangoapps.course_apps.plugins import CourseApp

from . import availability


class ChaptersCourseApp(CourseApp):
    """Shows a course's chapters in it or not; chapters and their members stay as they are."""

    app_id = "community_chapters"
    name = gettext_noop("Chapters")
    description = gettext_noop("Show learners the chapters that belong to this course and live on after it.")
    documentation_links: ClassVar[dict[str, str]] = {}

    @classmethod
    def is_available(cls, course_key: CourseKey) -> bool:
        """Return True for courses; a library has no learners."""
        return course_key.is_course

    @classmethod
    def is_enabled(cls, course_key: CourseKey) -> bool:
        """Return whether the course shows them. The platform keeps the answer at publishing, in its worker."""
        return availability.is_on_now(course_key)

    @classmethod
    def set_enabled(cls, course_key: CourseKey, enabled: bool, user: Any) -> bool:
        """Show them or not, and return the new state. The course team only."""
        if not discussion_ext.is_course_team(user.id, course_key):
            raise PermissionDenied(_("Only the course team shows or hides chapters in a course."))
        availability.set_on(course_key, enabled, actor_id=user.id)
        return enabled

    @classmethod
    def get_allowed_operations(cls, course_key: CourseKey, user: Any = None) -> dict[str, bool]:
        """Return what ``user`` may do with the card. Which chapters belong to a course is said by the chapters."""
        user_id = user.id if user is not None else None
        return {"enable": discussion_ext.is_course_team(user_id, course_key), "configure": False}
