"""The discussion's course tab."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from lms.djangoapps.courseware.tabs import EnrolledTab
from openedx.core.djangoapps.discussions.models import DiscussionsConfiguration


class DiscussionTab(EnrolledTab):
    """Shown to enrolled people and staff of a course with a discussion."""

    type = "discussion"
    title = gettext_noop("Discussion")
    priority = 40
    view_name = "forum_form_discussion"
    is_hideable = False
    is_default = False

    @classmethod
    def is_enabled(cls, course: Any, user: Any = None) -> bool:
        """Tell whether the person sees the tab."""
        return super().is_enabled(course, user) and DiscussionsConfiguration.is_enabled(course.id)
