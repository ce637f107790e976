"""The points pages of a course: my points, the board, how points work, who sees me."""

from __future__ import annotations

from typing import Any, get_args

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from opaque_keys.edx.keys import CourseKey

from people import api as people

from . import api, edx_platform
from .pages import build_pager, contact_url, open_course, page_urls, read_page, reader_id, render_page
from .permissions import keep_choice_pace, may_choose_name
from .screens import Shown


@people.personal_page
@require_safe
@login_required
def my_points(request: HttpRequest, course_id: str) -> HttpResponse:
    """Show every entry with its reason; ``show`` filters, ``page`` goes back in time."""
    course_key = open_course(request, course_id)
    url = page_urls(course_key).my_points
    asked = request.GET.get("show", "all")
    show: Shown = asked if asked in get_args(Shown) else "all"  # type: ignore[assignment]

    def read() -> dict[str, Any]:
        mine = api.get_my_points(reader_id(request), course_key, show=show, page=read_page(request))
        labels = {"all": _("All"), "given": _("Given"), "taken": _("Taken back")}
        return {
            "mine": mine,
            "show": show,
            "filters": [
                {"url": f"{url}?show={code}", "label": label, "is_current": code == show}
                for code, label in labels.items()
            ],
            "pager": build_pager(url, page=mine.page, pages=mine.pages, show=show),
            "contact_url": contact_url(edx_platform.course_title(course_key)),
        }

    return render_page(request, course_key, name="my_points", read=read)


@people.personal_page
@require_safe
@login_required
def board(request: HttpRequest, course_id: str) -> HttpResponse:
    """Show the places of a course; the first page also shows those around the reader."""
    course_key = open_course(request, course_id)
    url = page_urls(course_key).board

    def read() -> dict[str, Any]:
        shown = api.get_board(reader_id(request), course_key, page=read_page(request))
        return {"board": shown, "pager": build_pager(url, page=shown.page, pages=shown.pages)}

    return render_page(request, course_key, name="board", read=read)


@people.personal_page
@require_safe
@login_required
def how(request: HttpRequest, course_id: str) -> HttpResponse:
    """Show the scheme in words."""
    course_key = open_course(request, course_id)

    def read() -> dict[str, Any]:
        standing = api.get_standing(reader_id(request), course_key)
        return {"scheme": api.get_scheme(course_key, level=standing.level.number)}

    return render_page(request, course_key, name="how", read=read)


@people.personal_page
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def privacy(request: HttpRequest, course_id: str) -> HttpResponse:
    """Show how the board names the reader and let them change it; a saved choice is said beside the button."""
    course_key = open_course(request, course_id)
    decision = may_choose_name(request.user.id, course_key)
    error, status, wait_seconds = "", 200, 0
    if request.method == "POST":
        try:
            error = _choose(request, course_key) if decision.is_allowed else decision.sentence
            status = 400 if decision.is_allowed else 403
        except people.TooFastError as refused:
            error, status, wait_seconds = str(refused), 429, refused.wait_seconds
        if not error:
            return HttpResponseRedirect(f"{page_urls(course_key).privacy}?saved=1")

    def read() -> dict[str, Any]:
        shown = api.get_privacy(reader_id(request), course_key) if decision.is_allowed else None
        saved = shown.saved if shown and "saved" in request.GET and not error else ""
        return {"privacy": shown, "status": saved, "error": error}

    response = render_page(request, course_key, name="privacy", read=read, status=status)
    if wait_seconds:
        response.headers["Retry-After"] = str(wait_seconds)
    return response


def _choose(request: HttpRequest, course_key: CourseKey) -> str:
    """Store the choice that was posted and return what is wrong with it, if anything. Raises TooFastError."""
    keep_choice_pace(reader_id(request))
    try:
        api.choose_board_name(user_id=reader_id(request), course_key=course_key, choice=request.POST.get("choice", ""))
    except people.UnknownChoiceError as refused:
        return str(refused)
    return ""
