"""A learner's progress, and the course team's list of people."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from common.djangoapps.student.models import CourseEnrollment
from lms.djangoapps.courseware.access import has_access, has_staff_roles
from lms.djangoapps.courseware.courses import get_course_overview_with_access
from lms.djangoapps.courseware.masquerade import setup_masquerade
from xmodule.modulestore.django import modulestore

from . import results
from .courseware import parse_course_key

PAGE_SIZE = 30


@login_required
def progress(request: HttpRequest, course_id: str, student_id: int | None = None) -> HttpResponse:
    """Show scores and completion of the learner; staff may look at any learner."""
    course_key = parse_course_key(course_id)
    _masquerade, learner = setup_masquerade(request, course_key, has_staff_roles(request.user, course_key))
    overview = get_course_overview_with_access(request.user, "load", course_key, check_if_enrolled=False)
    if student_id is not None:
        if not has_access(request.user, "staff", course_key):
            raise Http404
        learner = get_object_or_404(User, pk=student_id)
    tree = modulestore().get_tree(course_key)
    sections = results.outline(tree, learner, shows_hidden=False, with_scores=True)
    units = [unit for section in sections for part in section.parts for unit in part.units]
    scores = [score for unit in units for score in unit.scores if score.is_attempted]
    context = {
        "course": overview,
        "tab": "progress",
        "learner": learner,
        "is_other": learner.id != request.user.id,
        "sections": sections,
        "done": sum(unit.is_done for unit in units),
        "units": len(units),
        "earned": sum(score.earned for score in scores),
        "possible": sum(score.possible for score in scores),
    }
    return render(request, "embedded_host/progress.html", context)


@login_required
def instructor(request: HttpRequest, course_id: str) -> HttpResponse:
    """List the people of a course to its team, who can enrol and unenrol them."""
    course_key = parse_course_key(course_id)
    overview = get_course_overview_with_access(request.user, "staff", course_key)
    if not has_access(request.user, "staff", course_key):
        raise Http404
    if request.method == "POST":
        _change(request, course_key)
        return redirect(request.get_full_path())
    query = request.GET.get("q", "").strip()
    people = CourseEnrollment.objects.filter(course_id=course_key, is_active=True).select_related("user__profile")
    if query:
        people = people.filter(Q(user__username__icontains=query) | Q(user__profile__name__icontains=query))
    page = Paginator(people.order_by("user__username"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"course": overview, "tab": "instructor", "page": page, "query": query}
    return render(request, "embedded_host/instructor.html", context)


def _change(request: HttpRequest, course_key: object) -> None:
    name = request.POST.get("username", "").strip()
    user = User.objects.filter(Q(username=name) | Q(email=name)).first() if name else None
    if user is None:
        messages.error(request, _('There is no account "%(name)s".') % {"name": name})
    elif request.POST.get("action") == "unenroll":
        CourseEnrollment.unenroll(user, course_key)
        messages.success(request, _("%(name)s is no longer enrolled.") % {"name": user.username})
    else:
        CourseEnrollment.enroll(user, course_key)
        messages.success(request, _("%(name)s is enrolled.") % {"name": user.username})
