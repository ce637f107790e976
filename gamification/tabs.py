"""The course tab "Points". It appears by itself where points are on; nothing is stored in the course."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from lms.djangoapps.courseware.tabs import EnrolledTab

from .courses import is_on


class PointsTab(EnrolledTab):
    """Leads enrolled learners and the course team to "My points"."""

    type = "community_points"
    title = gettext_noop("Points")
    priority = 45
    view_name = "gamification:my_points"
    is_dynamic = True
    is_default = False
    is_movable = False

    @classmethod
    def is_enabled(cls, course: Any, user: Any = None) -> bool:
        """Return whether the tab is shown: the platform's own rule first, then one cached look-up of ours."""
        return bool(super().is_enabled(course, user)) and is_on(course.id)
