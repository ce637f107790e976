"""The tabs of a course: the host's own and those of plugins, in one row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from lms.djangoapps.courseware.access import has_access
from lms.djangoapps.courseware.tabs import EnrolledTab, get_course_tab_list
from lms.djangoapps.discussion.plugins import DiscussionTab
from xmodule.tabs import CourseTab


class CourseHomeTab(EnrolledTab):
    """The course outline."""

    type = "courseware"
    title = gettext_noop("Course")
    priority = 11
    view_name = "openedx.course_experience.course_home"


class ProgressTab(EnrolledTab):
    """Scores and completion."""

    type = "progress"
    title = gettext_noop("Progress")
    priority = 20
    view_name = "progress"


class InstructorTab(CourseTab):
    """The course team's dashboard."""

    type = "instructor"
    title = gettext_noop("Instructor")
    priority = 300
    view_name = "instructor_dashboard"

    @classmethod
    def is_enabled(cls, course: Any, user: Any = None) -> bool:
        """Tell whether the person is staff of the course."""
        return bool(user and has_access(user, "staff", course, course.id))


HOST_TABS: tuple[type[CourseTab], ...] = (CourseHomeTab, ProgressTab, DiscussionTab, InstructorTab)


@dataclass(frozen=True)
class TabLink:
    """One tab as the page draws it."""

    title: str
    url: str
    is_active: bool


def list_tab_links(user: Any, course: Any, *, active: str) -> list[TabLink]:
    """Return the tabs the person sees, in order of priority."""
    tabs = [tab({"type": tab.type}) for tab in HOST_TABS if tab.is_enabled(course, user)]
    tabs += get_course_tab_list(user, course)
    tabs.sort(key=lambda tab: (tab.priority is None, tab.priority or 0))
    return [
        TabLink(gettext(tab.name), tab.link_func(course, reverse), active in (tab.type, tab.tab_id)) for tab in tabs
    ]
