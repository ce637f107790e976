"""The instructor dashboard: people, cohorts and individual due dates of a course, and what plugins add."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from edx_when import api as dates
from opaque_keys.edx.keys import CourseKey
from openedx_filters.learning import filters

from common.djangoapps.student.models import CourseEnrollment
from lms.djangoapps.courseware.access import has_access
from lms.djangoapps.courseware.courses import get_course_by_id, get_course_overview_with_access
from lms.djangoapps.instructor.views import tools
from openedx.core.djangoapps.course_groups import cohorts
from openedx.core.djangoapps.course_groups.models import CourseCohort, CourseUserGroup

from .courseware import parse_course_key

PAGE_SIZE = 30
TEMPLATE = "embedded_host/instructor.html"
# What a form of the page names to be changed, and who changes it.
Change = Callable[[HttpRequest, CourseKey], None]


@login_required
def instructor(request: HttpRequest, course_id: str) -> HttpResponse:
    """Show the dashboard to the course team and do what its forms ask."""
    course_key = parse_course_key(course_id)
    overview = get_course_overview_with_access(request.user, "staff", course_key)
    if not has_access(request.user, "staff", course_key):
        raise Http404
    if request.method == "POST":
        try:
            CHANGES.get(request.POST.get("act", ""), _no_such_change)(request, course_key)
        except (ValueError, tools.DashboardError) as refused:
            messages.error(request, str(refused))
        return redirect(request.get_full_path())
    sections = [_membership(request, course_key), _cohort_management(course_key), _extensions(course_key)]
    context = {"course": overview, "tab": "instructor", "sections": sections, "tabs": _tabs(request.user, course_key)}
    try:
        context, template = filters.InstructorDashboardRenderStarted.run_filter(context=context, template_name=TEMPLATE)
    except filters.InstructorDashboardRenderStarted.RenderInvalidDashboard as other:
        return render(request, other.instructor_template, other.template_context)
    except filters.InstructorDashboardRenderStarted.RedirectToPage as other:
        return redirect(other.redirect_to)
    except filters.InstructorDashboardRenderStarted.RenderCustomResponse as other:
        response: HttpResponse = other.response
        return response
    return render(request, template, context)


def _tabs(user: Any, course_key: CourseKey) -> list[dict[str, Any]]:
    """Return what plugins add to the new dashboard, which is an application of its own on the platform."""
    requested = getattr(filters, "InstructorDashboardTabsRequested", None)
    if requested is None:
        return []
    try:
        tabs, _user, _key = requested.run_filter(tabs=[], user=user, course_key=course_key)
    except requested.PreventTabsGeneration as instead:
        tabs = instead.tabs
    return sorted(tabs or [], key=lambda tab: tab.get("sort_order", 0))


# The sections: their data under the names that the platform's own have.


def _section(key: str, title: str, **data: Any) -> dict[str, Any]:
    template = f"embedded_host/instructor/{key}.html"
    return {"section_key": key, "section_display_name": title, "template": template, **data}


def _membership(request: HttpRequest, course_key: CourseKey) -> dict[str, Any]:
    query = request.GET.get("q", "").strip()
    people = CourseEnrollment.objects.filter(course_id=course_key, is_active=True).select_related("user__profile")
    if query:
        people = people.filter(Q(user__username__icontains=query) | Q(user__profile__name__icontains=query))
    page = Paginator(people.order_by("user__username"), PAGE_SIZE).get_page(request.GET.get("page"))
    return _section("membership", _("Membership"), page=page, query=query)


def _cohort_management(course_key: CourseKey) -> dict[str, Any]:
    groups = [
        {"id": group.id, "name": group.name, "members": list(group.users.order_by("username")[:200])}
        for group in cohorts.get_course_cohorts(course_id=course_key)
    ]
    is_cohorted = cohorts.is_course_cohorted(course_key)
    return _section("cohort_management", _("Cohorts"), groups=groups, is_cohorted=is_cohorted)


def _extensions(course_key: CourseKey) -> dict[str, Any]:
    course = get_course_by_id(course_key)
    units = [
        {"key": str(unit.location), "title": unit.display_name_with_default, "due": unit.due, "own": _own_dates(unit)}
        for unit in tools.get_units_with_due_date(course)
    ]
    return _section("extensions", _("Individual due dates"), units=units)


def _own_dates(unit: Any) -> list[dict[str, Any]]:
    """Return who has a due date of their own for the block; one without a date was taken back."""
    found = dates.get_overrides_for_block(unit.location.course_key, unit.location)
    return [{"username": row[0], "due": row[2]} for row in found if row[2] and row[2] != unit.due]


# The changes.


def _no_such_change(request: HttpRequest, course_key: CourseKey) -> None:
    raise Http404(request.POST.get("act", ""))


def _find_user(request: HttpRequest) -> User:
    name = request.POST.get("username", "").strip()
    user = User.objects.filter(Q(username=name) | Q(email=name)).first() if name else None
    if user is None:
        raise ValueError(_('There is no account "%(name)s".') % {"name": name})
    return user


def _enroll(request: HttpRequest, course_key: CourseKey) -> None:
    user = _find_user(request)
    CourseEnrollment.enroll(user, course_key)
    messages.success(request, _("%(name)s is enrolled.") % {"name": user.username})


def _unenroll(request: HttpRequest, course_key: CourseKey) -> None:
    user = _find_user(request)
    CourseEnrollment.unenroll(user, course_key)
    messages.success(request, _("%(name)s is no longer enrolled.") % {"name": user.username})


def _use_cohorts(request: HttpRequest, course_key: CourseKey) -> None:
    cohorts.set_course_cohorted(course_key, request.POST.get("value") == "1")


def _add_cohort(request: HttpRequest, course_key: CourseKey) -> None:
    name = request.POST.get("name", "").strip()[:255]
    if not name:
        raise ValueError(_("Name: write one."))
    cohorts.add_cohort(course_key, name, CourseCohort.MANUAL)


def _find_cohort(request: HttpRequest, course_key: CourseKey) -> CourseUserGroup:
    cohort_id = request.POST.get("cohort", "")
    try:
        return cohorts.get_cohort_by_id(course_key, int(cohort_id) if cohort_id.isdecimal() else 0)
    except CourseUserGroup.DoesNotExist as error:
        raise Http404(cohort_id) from error


def _join_cohort(request: HttpRequest, course_key: CourseKey) -> None:
    group = _find_cohort(request, course_key)
    user, _previous, _is_preassigned = cohorts.add_user_to_cohort(group, _find_user(request))
    messages.success(request, _("%(name)s is in %(cohort)s.") % {"name": user.username, "cohort": group.name})


def _leave_cohort(request: HttpRequest, course_key: CourseKey) -> None:
    group = _find_cohort(request, course_key)
    user = _find_user(request)
    cohorts.remove_user_from_cohort(group, user.username)
    messages.success(request, _("%(name)s is no longer in %(cohort)s.") % {"name": user.username, "cohort": group.name})


def _give_due_date(request: HttpRequest, course_key: CourseKey) -> None:
    user, moment = _find_user(request), tools.parse_datetime(request.POST.get("due_datetime", ""))
    _set_due_date(request, course_key, user, moment)
    messages.success(request, _("%(name)s has a due date of their own.") % {"name": user.username})


def _take_due_date(request: HttpRequest, course_key: CourseKey) -> None:
    user = _find_user(request)
    _set_due_date(request, course_key, user, None)
    messages.success(request, _("%(name)s has everybody's due date.") % {"name": user.username})


def _set_due_date(request: HttpRequest, course_key: CourseKey, user: User, moment: Any) -> None:
    course = get_course_by_id(course_key)
    unit = tools.find_unit(course, request.POST.get("url", ""))
    reason = request.POST.get("reason", "").strip()
    tools.set_due_date_extension(course, unit, user, moment, request.user, reason=reason)


CHANGES: dict[str, Change] = {
    "enroll": _enroll,
    "unenroll": _unenroll,
    "use_cohorts": _use_cohorts,
    "add_cohort": _add_cohort,
    "join_cohort": _join_cohort,
    "leave_cohort": _leave_cohort,
    "give_due_date": _give_due_date,
    "take_due_date": _take_due_date,
}
