"""The frame that the points pages share: who asks, for which course, and what is shown when points cannot be."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from people import api as people

from . import edx_platform
from .permissions import may_see_points

log = logging.getLogger(__name__)

#: The course tab's type, by which the course navigation marks it as current.
TAB_TYPE: Final = "community_points"


@dataclass(frozen=True, slots=True)
class PageUrls:
    """The addresses a points page links to."""

    course: str
    my_points: str
    board: str
    how: str
    privacy: str


@dataclass(frozen=True, slots=True)
class Pager:
    """Links to the pages before and after; empty where there is none."""

    pages: int
    text: str
    previous_url: str
    next_url: str


def find_course_key(course_id: str) -> CourseKey | None:
    """Return the key of a course run, or None for text that is none."""
    try:
        return CourseKey.from_string(course_id)
    except InvalidKeyError:
        return None


def open_course(request: HttpRequest, course_id: str) -> CourseKey:
    """Return the key of a course whose points the request's user may see. Raise 404 with the reason otherwise."""
    course_key = find_course_key(course_id)
    if course_key is None:
        raise Http404(_("No course has this address."))
    decision = may_see_points(request.user.id, course_key)
    if not decision.is_allowed:
        raise Http404(decision.sentence)
    return course_key


def reader_id(request: HttpRequest) -> int:
    """Return who asks; the pages are for people who are signed in."""
    user_id = request.user.id
    if user_id is None:
        raise Http404(_("Sign in to see your points."))
    return user_id


def page_urls(course_key: CourseKey) -> PageUrls:
    """Return the addresses of the points pages of a course."""
    course_id = str(course_key)
    names = ("my_points", "board", "how", "privacy")
    return PageUrls(
        course=edx_platform.course_home_url(course_key),
        **{name: reverse(f"gamification:{name}", args=[course_id]) for name in names},
    )


def render_page(
    request: HttpRequest,
    course_key: CourseKey,
    *,
    name: str,
    read: Callable[[], dict[str, Any]],
    status: int = 200,
) -> HttpResponse:
    """Return the page ``name`` filled by ``read``; while the database refuses, the page without its content and 503.

    ``read`` runs in a savepoint, so that the rest of the page can still be drawn after an error.
    """
    course = edx_platform.access_course(request.user, course_key)
    context: dict[str, Any] = {
        "course": course,
        "course_title": edx_platform.course_title(course_key),
        "page_name": name,
        "tab_type": TAB_TYPE,
        "urls": page_urls(course_key),
    }
    try:
        with transaction.atomic():
            context |= read()
    except DatabaseError as error:
        log.error("gamification.page_unavailable course=%s error=%s", course_key, people.name_error(error))
        context["is_unavailable"] = True
        status = 503
    return render(request, f"gamification/{name}.html", context, status=status)


def read_page(request: HttpRequest) -> int:
    """Return the page number asked for; whatever is no number reads as the first page."""
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 8 and int(text) else 1


def build_pager(url: str, *, page: int, pages: int, **query: str) -> Pager:
    """Return the links around ``page``, with ``query`` kept in the address."""

    def address(number: int) -> str:
        return f"{url}?{urlencode({**query, 'page': number})}"

    return Pager(
        pages=pages,
        text=_("Page %(page)s of %(pages)s") % {"page": page, "pages": pages},
        previous_url=address(page - 1) if page > 1 else "",
        next_url=address(page + 1) if page < pages else "",
    )


def contact_url(course_title: str) -> str:
    """Return where a learner asks about points: the operator's page or address, or nothing."""
    contact: str = settings.GAMIFICATION_CONTACT or getattr(settings, "CONTACT_EMAIL", "")
    if "@" not in contact or contact.startswith(("http://", "https://", "mailto:")):
        return contact
    subject = _("My points in %(course)s") % {"course": course_title}
    return f"mailto:{quote(contact, safe='@')}?subject={quote(subject)}"
