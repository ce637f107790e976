"""The frame that pages of a course share: its key, who asks, the platform's navigation, and a database that is down."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from discussion_ext import edx_platform
from discussion_ext.attendance.permissions import Decision
from people import api as people

log = logging.getLogger(__name__)

_LONGEST_NUMBER = 10


def read_course_key(course_id: str) -> CourseKey:
    """Return the key of a course run. Raise 404 for text that is none."""
    try:
        return CourseKey.from_string(course_id)
    except InvalidKeyError as error:
        raise Http404(_("No course has this address.")) from error


def reader_id(request: HttpRequest) -> int:
    """Return who asks; the pages are for people who are signed in."""
    if request.user.pk is None:
        raise Http404(_("Sign in first."))
    return int(request.user.pk)


def check(decision: Decision) -> None:
    """Raise 404, with the reason and the next step, for a no."""
    if not decision.is_allowed:
        raise Http404(decision.sentence)


def render_page(
    request: HttpRequest,
    course_key: CourseKey,
    template: str,
    read: Callable[[], dict[str, Any]],
    *,
    status: int = 200,
) -> HttpResponse:
    """Return a page filled by ``read``; while the database refuses, the page without its content and 503."""
    context: dict[str, Any] = {
        "course": edx_platform.access_course(request.user, course_key),
        "course_title": edx_platform.get_course_title(course_key),
        "course_url": edx_platform.course_home_url(course_key),
        "course_id": str(course_key),
        "reader_zone": people.person_zone(reader_id(request)),
    }
    try:
        with transaction.atomic():
            context |= read()
    except DatabaseError as error:
        log.error("discussion_ext.page_unavailable page=%s error=%s", template, people.name_error(error))
        context["is_unavailable"] = True
        status = 503
    return render(request, f"discussion_ext/sessions/{template}.html", context, status=status)


def read_number(text: str) -> int:
    """Return a whole number of an address or form; 0 for whatever is none."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < _LONGEST_NUMBER else 0
