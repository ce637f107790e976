"""A learner's progress."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from lms.djangoapps.courseware.access import has_access, has_staff_roles
from lms.djangoapps.courseware.courses import get_course_overview_with_access
from lms.djangoapps.courseware.masquerade import setup_masquerade
from xmodule.modulestore.django import modulestore

from . import results
from .courseware import parse_course_key


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
