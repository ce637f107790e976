"""The course tab "Chapters". It appears by itself where the course team shows them; nothing is stored in the course."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from lms.djangoapps.courseware.tabs import EnrolledTab

from .availability import is_on


class ChaptersTab(EnrolledTab):
    """Leads enrolled learners and the course team to the chapters that belong to the course."""

    type = "community_chapters"
    title = gettext_noop("Chapters")
    priority = 46
    view_name = "chapters:course"
    is_dynamic = True
    is_default = False
    is_movable = False

    @classmethod
    def is_enabled(cls, course: Any, user: Any = None) -> bool:
        """Return whether the tab is shown: the platform's own rule first, then one cached look-up of ours."""
        return bool(super().is_enabled(course, user)) and is_on(course.id)
