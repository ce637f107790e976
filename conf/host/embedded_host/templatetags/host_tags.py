"""Tags of the host's templates: the tabs of a course, and how staff look at it."""

from __future__ import annotations

from typing import Any

from django import template

from embedded_host.lms.tabs import TabLink, list_tab_links

register = template.Library()


@register.simple_tag(takes_context=True)
def course_tabs(context: template.Context, course: Any) -> list[TabLink]:
    """Return the tabs of the course that the request's user sees, with the active one marked."""
    active = context.get("active_page_context") or context.get("active_page") or ""
    return list_tab_links(context["request"].user, course, active=str(active))


@register.simple_tag(takes_context=True)
def masquerade_of(context: template.Context, course: Any) -> dict[str, Any]:
    """Return whether the user may look at the course as a learner, and how they do now."""
    from lms.djangoapps.courseware.access import has_staff_roles
    from lms.djangoapps.courseware.masquerade import setup_masquerade

    request = context["request"]
    is_team = has_staff_roles(request.user, course.id)
    choice, _ = setup_masquerade(request, course.id, is_team)
    return {"is_team": is_team, "choice": choice}
