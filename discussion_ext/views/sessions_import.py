"""Files of sittings, seats and attendance: chosen, looked over, and taken over once they are confirmed."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from opaque_keys.edx.keys import CourseKey

from discussion_ext.api import sessions
from discussion_ext.data import SessionData, SittingData
from discussion_ext.forms.sessions import FileForm
from discussion_ext.permissions import keep_pace
from discussion_ext.sessions.permissions import may_run_sessions
from people import api as people

from .course_pages import check, read_course_key, read_number, reader_id, render_page
from .sessions_team import find_session, find_sitting, list_url, sitting_url

_SHOWN_FAULTS: Final = 100


@people.personal_page
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def choose_file(request: HttpRequest, course_id: str, session_id: int, kind: str) -> HttpResponse:
    """Say what a file looks like, and look one over; nothing is written."""
    course_key, session, what, sitting = _open(request, course_id, session_id, kind)
    form = FileForm(request.POST or None, request.FILES or None)
    status, wait_seconds = 200, 0
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        status = 422
        if form.is_valid():
            try:
                keep_pace("import", user_id=reader_id(request))
                found = sessions.read_file(
                    kind=what,
                    session_id=session.id,
                    data=form.cleaned_data["file"].read(sessions.MOST_BYTES + 1),
                    actor_id=reader_id(request),
                    sitting_id=sitting.id if sitting else None,
                )
            except sessions.TableError as fault:
                form.add_error("file", fault.message)
            except people.TooFastError as refused:
                form.add_error("file", str(refused))
                status, wait_seconds = 429, refused.wait_seconds
            else:
                return HttpResponseRedirect(_preview_url(course_key, session, found.token))

    def read() -> dict[str, Any]:
        return {"form": form, **_frame(course_key, session, what, sitting)}

    response = render_page(request, course_key, "import", read, status=status)
    if wait_seconds:
        response.headers["Retry-After"] = str(wait_seconds)
    return response


@people.personal_page
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preview(request: HttpRequest, course_id: str, session_id: int, token: str) -> HttpResponse:
    """Show what is right and what is wrong in a file; a POST takes it over or throws it away."""
    course_key = read_course_key(course_id)
    check(may_run_sessions(reader_id(request), course_key))
    session = find_session(course_key, session_id)
    asked: dict[str, Any] = {"token": token, "actor_id": reader_id(request), "session_id": session.id}
    try:
        found = sessions.find_file(**asked)
        if request.method == "POST":
            return _decide(request, course_key, session, found, asked)
    except sessions.TableExpiredError as error:
        raise Http404(error.message) from error

    def read() -> dict[str, Any]:
        shown = sessions.describe(found)
        sitting = sessions.get_sitting(found.sitting_id) if found.sitting_id else None
        return {
            "found": shown,
            "faults": shown.faults[:_SHOWN_FAULTS],
            "more_faults": max(0, len(shown.faults) - _SHOWN_FAULTS),
            "more_valid": max(0, shown.valid - len(shown.sample)),
            "summary": _say_summary(shown),
            "take_label": _say_take(shown.valid),
            **_frame(course_key, session, found.kind, sitting),
        }

    return render_page(request, course_key, "preview", read)


def _decide(
    request: HttpRequest, course_key: CourseKey, session: SessionData, found: sessions.ImportData, asked: dict[str, Any]
) -> HttpResponse:
    if request.POST.get("act") == "discard":
        sessions.discard_file(**asked)
        args = [str(course_key), session.id, found.kind.value]
        again = reverse("discussion_ext:session_import", args=args)
        return HttpResponseRedirect(f"{again}?sitting={found.sitting_id}" if found.sitting_id else again)
    sessions.confirm_file(**asked)
    return HttpResponseRedirect(_preview_url(course_key, session, found.token))


def _open(
    request: HttpRequest, course_id: str, session_id: int, kind: str
) -> tuple[CourseKey, SessionData, sessions.ImportKind, SittingData | None]:
    course_key = read_course_key(course_id)
    check(may_run_sessions(reader_id(request), course_key))
    session = find_session(course_key, session_id)
    try:
        what = sessions.ImportKind(kind)
    except ValueError as error:
        raise Http404(_("There is no such table.")) from error
    if what is not sessions.ImportKind.ATTENDANCE:
        return course_key, session, what, None
    of_session, sitting = find_sitting(course_key, read_number(request.GET.get("sitting", "")))
    if of_session.id != session.id:
        raise Http404(_("There is no such sitting."))
    return course_key, session, what, sitting


def _preview_url(course_key: CourseKey, session: SessionData, token: str) -> str:
    return reverse("discussion_ext:session_preview", args=[str(course_key), session.id, token])


def _frame(
    course_key: CourseKey, session: SessionData, kind: sessions.ImportKind, sitting: SittingData | None
) -> dict[str, Any]:
    args = [str(course_key), session.id]
    titles = {
        sessions.ImportKind.SITTINGS: _("Sittings from a file"),
        sessions.ImportKind.SEATS: _("Who sits where, from a file"),
        sessions.ImportKind.ATTENDANCE: _("Who came, from a file"),
    }
    needed, allowed = sessions.COLUMNS[kind]
    export = reverse("discussion_ext:session_export", args=[*args, kind.value]) if sitting is None else ""
    return {
        "session": session,
        "sitting": sitting,
        "kind": kind.value,
        "heading": titles[kind],
        "needed": needed,
        "allowed": allowed,
        "export_url": export,
        "back_url": sitting_url(course_key, sitting.id) if sitting else list_url(course_key),
        "sittings": sessions.list_sittings(session.id) if kind is sessions.ImportKind.SEATS else (),
    }


def _say_summary(found: sessions.ImportData) -> str:
    right = ngettext("%(count)d line is right", "%(count)d lines are right", found.valid) % {"count": found.valid}
    if not found.faults:
        return _("%(right)s, none is wrong.") % {"right": right}
    wrong = ngettext("%(count)d is wrong", "%(count)d are wrong", len(found.faults)) % {"count": len(found.faults)}
    return _("%(right)s, %(wrong)s.") % {"right": right, "wrong": wrong}


def _say_take(valid: int) -> str:
    return ngettext("Take over %(count)d line", "Take over %(count)d lines", valid) % {"count": valid}
