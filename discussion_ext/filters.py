"""The entry "Class sessions" on the instructor dashboard: a section of the old one, a tab of the new.

A step adds its entry once, for the course team of a course in which the suite is on, and gives the rest back as it was.
Whatever goes wrong costs the entry, never the dashboard.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey
from openedx_filters.filters import PipelineStep
from web_fragments.fragment import Fragment

from people import api as people

from . import availability, edx_platform, permissions

log = logging.getLogger(__name__)

#: Names the entry on both dashboards; on the old one also its template, below ``mako/``.
ENTRY_KEY: Final = "community_sessions"
_MAKO_FOLDER: Final = "/discussion_ext/"
#: After the tabs of the platform, which are numbered in tens up to about a hundred.
_SORT_ORDER: Final = 200


class AddSessionsSection(PipelineStep):
    """Adds a section that leads to the class sessions to the old dashboard."""

    def run_filter(self, context: dict[str, Any], template_name: str, **others: Any) -> dict[str, Any]:
        """Return the arguments; ``context["sections"]`` has the section where the viewer is of the course team."""
        sections = _with_entry(
            lambda: _with_section(context["sections"], context["course"].id), context.get("sections")
        )
        return {"context": {**context, "sections": sections}, "template_name": template_name, **others}


class AddSessionsTab(PipelineStep):
    """Adds a tab that opens the class sessions to the new dashboard."""

    def run_filter(self, tabs: list[dict[str, Any]], user: Any, course_key: CourseKey, **others: Any) -> dict[str, Any]:
        """Return the arguments; ``tabs`` has the tab where the user is of the course team."""
        found = _with_entry(lambda: _with_tab(tabs, user.id, course_key), tabs)
        return {"tabs": found, "user": user, "course_key": course_key, **others}


def _with_entry(add: Callable[[], Any], before: Any) -> Any:
    """Return what ``add`` returns, and what was there before when it fails."""
    try:
        return add()
    except Exception as error:  # noqa: BLE001 - the dashboard is not ours to break
        log.error("discussion_ext.dashboard_entry_failed error=%s", people.name_error(error))
        return before


def _with_section(sections: list[dict[str, Any]], course_key: CourseKey) -> list[dict[str, Any]]:
    # The old dashboard does not say who looks at it.
    is_there = any(section.get("section_key") == ENTRY_KEY for section in sections)
    if is_there or not _is_for(edx_platform.current_user_id(), course_key):
        return sections
    fragment = Fragment(render_to_string("discussion_ext/instructor_section.html", {"url": _sessions_url(course_key)}))
    fragment.add_javascript_url(static("discussion_ext/instructor_section.js"))
    section = {
        "section_key": ENTRY_KEY,
        "section_display_name": _("Class sessions"),
        "course_id": str(course_key),
        "fragment": fragment,
        "template_path_prefix": _MAKO_FOLDER,
    }
    return [*sections, section]


def _with_tab(tabs: list[dict[str, Any]], user_id: int | None, course_key: CourseKey) -> list[dict[str, Any]]:
    if any(tab.get("tab_id") == ENTRY_KEY for tab in tabs) or not _is_for(user_id, course_key):
        return tabs
    # The dashboard takes an address without a host for a page of its own.
    url = people.absolute_url(_sessions_url(course_key))
    return [*tabs, {"tab_id": ENTRY_KEY, "title": _("Class sessions"), "url": url, "sort_order": _SORT_ORDER}]


def _is_for(user_id: int | None, course_key: CourseKey) -> bool:
    return availability.is_on(course_key) and permissions.is_course_team(user_id, course_key)


def _sessions_url(course_key: CourseKey) -> str:
    return reverse("discussion_ext:sessions", kwargs={"course_id": str(course_key)})
