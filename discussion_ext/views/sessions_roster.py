"""Who sits in a sitting and who came: for its host and the course team."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from opaque_keys.edx.keys import CourseKey

from discussion_ext import edx_platform
from discussion_ext.api import attendance, sessions
from discussion_ext.attendance.lists import list_roll
from discussion_ext.attendance.wording import say_attendance
from discussion_ext.data import (
    AttendanceSource,
    AttendanceState,
    OwnSittingData,
    SeatSource,
    SessionData,
    SittingData,
)
from discussion_ext.exceptions import CaseError
from discussion_ext.forms.sessions import CorrectionForm, MoveForm
from discussion_ext.permissions import keep_pace
from discussion_ext.sessions.permissions import may_run_sessions, may_see_roster
from people import api as people

from .course_pages import check, read_course_key, read_number, reader_id, render_page
from .sessions_team import draw_sitting, find_sitting, list_url, open_sitting, sitting_url

_PAGE: Final = 50
_FOUND: Final = 50
_BATCH: Final = 500


@people.personal_page
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sitting(request: HttpRequest, course_id: str, sitting_id: int) -> HttpResponse:
    """Show who sits in a sitting, found by ``q``; a POST seats somebody here, or restores a cancelled sitting."""
    course_key, session, shown, is_team = _open_roster(request, course_id, sitting_id)
    error = ""
    if request.method == "POST":
        check(may_run_sessions(reader_id(request), course_key))
        done = "restored" if request.POST.get("act") == "restore" else "seated"
        if done == "restored":
            sessions.restore_sitting(sitting_id=shown.id, actor_id=reader_id(request))
        else:
            error = _seat(request, session, shown)
        if not error:
            return HttpResponseRedirect(sitting_url(course_key, shown.id, done=done))

    def read() -> dict[str, Any]:
        counts = attendance.count_attendance([shown.meeting.id])[shown.meeting.id]
        host_id = shown.meeting.host_id
        host = people.real_names([host_id]).get(host_id, "") if host_id is not None else ""
        row = draw_sitting(course_key, shown, present=counts[AttendanceState.PRESENT], host=host)
        return {
            "session": session,
            "row": row,
            "is_team": is_team,
            "error": error,
            "notice": _NOTICES.get(request.GET.get("done", ""), lambda: "")(),
            "wishes": _say_wishes(sessions.count_wishes([shown.id]).get(shown.id, 0)),
            **_list(request, course_key, session, shown, is_team=is_team),
            **_urls(course_key, session, shown),
        }

    return render_page(request, course_key, "roster", read, status=409 if error else 200)


@people.personal_page
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def learner(request: HttpRequest, course_id: str, sitting_id: int, user_id: int) -> HttpResponse:
    """Show one learner at a sitting with the history of their attendance; the team moves and corrects here."""
    course_key, session, shown = open_sitting(request, course_id, sitting_id)
    own = sessions.find_own_sitting(session_id=session.id, user_id=user_id)
    known = attendance.find_attendance([shown.meeting.id], [user_id]).get((shown.meeting.id, user_id))
    if own.sitting is None and known is None and not edx_platform.is_enrolled(user_id, course_key):
        raise Http404(_("This person has no seat here and is not enrolled."))
    sittings = sessions.list_sittings(session.id)
    act = request.POST.get("act", "")
    correction = CorrectionForm(request.POST if act == "correct" else None)
    move = MoveForm(
        request.POST if act == "move" else None,
        sittings=sittings,
        initial={"sitting": own.sitting.id if own.sitting else None},
    )
    if request.method == "POST":
        done = _decide(
            act, correction, move, session=session, shown=shown, user_id=user_id, actor_id=reader_id(request)
        )
        if done:
            url = reverse("discussion_ext:sitting_learner", args=[str(course_key), shown.id, user_id])
            return HttpResponseRedirect(f"{url}?done={done}")

    def read() -> dict[str, Any]:
        return {
            "session": session,
            "row": draw_sitting(course_key, shown),
            "name": people.real_names([user_id]).get(user_id, ""),
            "own": own,
            "own_row": draw_sitting(course_key, own.sitting) if own.sitting else None,
            "is_here": own.sitting is not None and own.sitting.id == shown.id,
            "known": say_attendance(known, shown.meeting),
            "history": _history(shown, user_id),
            "correction": correction,
            "move": move,
            "notice": _NOTICES.get(request.GET.get("done", ""), lambda: "")(),
        }

    return render_page(request, course_key, "learner", read, status=422 if request.method == "POST" else 200)


@people.personal_page
@require_safe
@login_required
def export_roster(request: HttpRequest, course_id: str, sitting_id: int) -> HttpResponseBase:
    """Send who sits in a sitting and who came as a table; each export is on record."""
    _course_key, session, shown, _is_team = _open_roster(request, course_id, sitting_id)
    haste = keep_export_pace(reader_id(request))
    if haste is not None:
        return haste
    _record_export(request, session, "roster", sitting=shown.id)
    return send_table(_roster_lines(shown), f"sitting-{shown.id}.csv")


@people.personal_page
@require_safe
@login_required
def export_session(request: HttpRequest, course_id: str, session_id: int, kind: str) -> HttpResponseBase:
    """Send the sittings of a session, or who sits where, as a table that can be read in again."""
    course_key = read_course_key(course_id)
    check(may_run_sessions(reader_id(request), course_key))
    try:
        session = sessions.get_session(session_id)
    except sessions.SessionError as error:
        raise Http404(error.message) from error
    makers = {"sittings": _sitting_lines, "seats": _seat_lines}
    if session.course_key != course_key or kind not in makers:
        raise Http404(_("There is no such table."))
    haste = keep_export_pace(reader_id(request))
    if haste is not None:
        return haste
    _record_export(request, session, kind)
    return send_table(makers[kind](session), f"session-{session.id}-{kind}.csv")


# -- the list ----------------------------------------------------------------------------------------------------------


def _open_roster(
    request: HttpRequest, course_id: str, sitting_id: int
) -> tuple[CourseKey, SessionData, SittingData, bool]:
    course_key = read_course_key(course_id)
    session, shown = find_sitting(course_key, sitting_id)
    check(may_see_roster(reader_id(request), course_key, shown))
    return course_key, session, shown, may_run_sessions(reader_id(request), course_key).is_allowed


def _list(
    request: HttpRequest, course_key: CourseKey, session: SessionData, shown: SittingData, *, is_team: bool
) -> dict[str, Any]:
    typed = " ".join(request.GET.get("q", "").replace("\0", "").split())[:100]
    if typed:
        ids = edx_platform.search_learners(course_key, typed, limit=_FOUND)
        owned = sessions.find_own_sittings(session_id=session.id, user_ids=ids)
        here = [user_id for user_id in ids if _is_in(owned[user_id], shown)]
        return {
            "typed": typed,
            "rows": _rows(shown, here, owned),
            "others": _others(shown, [user_id for user_id in ids if user_id not in here], owned) if is_team else [],
        }
    after = read_number(request.GET.get("after", ""))
    page = list_roll(shown.meeting, after=after, limit=_PAGE)
    ids = [row.user_id for row in page.results]
    owned = sessions.find_own_sittings(session_id=session.id, user_ids=ids)
    return {
        "typed": "",
        "rows": _rows(shown, ids, owned),
        "others": [],
        "next_url": f"{request.path}?after={page.next_after}" if page.next_after else "",
        "is_first": not after,
    }


def _rows(shown: SittingData, ids: list[int], owned: dict[int, OwnSittingData]) -> list[dict[str, Any]]:
    names = people.real_names(ids)
    known = attendance.find_attendance([shown.meeting.id], ids)
    return [
        {
            "user_id": user_id,
            "name": names.get(user_id, ""),
            "seat": _say_seat(owned[user_id], shown),
            "attendance": say_attendance(known.get((shown.meeting.id, user_id)), shown.meeting),
        }
        for user_id in ids
    ]


def _others(shown: SittingData, ids: list[int], owned: dict[int, OwnSittingData]) -> list[dict[str, Any]]:
    names = people.real_names(ids)
    return [
        {
            "user_id": user_id,
            "name": names.get(user_id, ""),
            "now": own.sitting.meeting.title if (own := owned[user_id]).sitting else _("No seat yet"),
        }
        for user_id in ids
    ]


def _is_in(own: OwnSittingData, shown: SittingData) -> bool:
    return own.sitting is not None and own.sitting.id == shown.id


def _say_seat(own: OwnSittingData, shown: SittingData) -> str:
    if not _is_in(own, shown):
        return _("Seat elsewhere: %(title)s") % {"title": own.sitting.meeting.title} if own.sitting else _("No seat")
    says = {
        SeatSource.CHOICE: _("Chose it"),
        SeatSource.COHORT: _("By cohort"),
        SeatSource.TEAM: _("Given by the team"),
        SeatSource.IMPORT: _("From a file"),
        SeatSource.WALK_IN: _("Walked in"),
    }
    return says[own.source] if own.source else _("Came without a seat")


def _seat(request: HttpRequest, session: SessionData, shown: SittingData) -> str:
    """Seat the person of a form here and return why not, if so."""
    user_id = read_number(request.POST.get("person", ""))
    if not user_id:
        return _("Say who it is.")
    refused = sessions.assign(
        session_id=session.id,
        user_ids=[user_id],
        sitting_id=shown.id,
        actor_id=reader_id(request),
        is_forced=request.POST.get("is_forced") == "on",
    )
    return refused.get(user_id, "")


def _urls(course_key: CourseKey, session: SessionData, shown: SittingData) -> dict[str, str]:
    args = [str(course_key), shown.id]
    importing = reverse("discussion_ext:session_import", args=[str(course_key), session.id, "attendance"])
    return {
        "back_url": list_url(course_key),
        "edit_url": reverse("discussion_ext:sitting_edit", args=args),
        "cancel_url": reverse("discussion_ext:sitting_cancel", args=args),
        "export_url": reverse("discussion_ext:sitting_export", args=args),
        "calendar_url": reverse("discussion_ext:sitting_calendar", args=args),
        "import_url": f"{importing}?sitting={shown.id}",
    }


# -- one learner -------------------------------------------------------------------------------------------------------


def _decide(
    act: str,
    correction: CorrectionForm,
    move: MoveForm,
    *,
    session: SessionData,
    shown: SittingData,
    user_id: int,
    actor_id: int,
) -> str:
    """Do what a form asks and return what was done; empty where the form says what is wrong."""
    if act == "correct" and correction.is_valid():
        try:
            attendance.correct_attendance(
                meeting_id=shown.meeting.id,
                user_id=user_id,
                actor_id=actor_id,
                state=AttendanceState(correction.cleaned_data["state"]),
                reason=correction.cleaned_data["reason"],
            )
        except CaseError as fault:
            correction.add_error(fault.field if fault.field in correction.fields else None, fault.message)
        else:
            return "corrected"
    if act == "move" and move.is_valid():
        refused = sessions.assign(
            session_id=session.id,
            user_ids=[user_id],
            sitting_id=move.cleaned_data["sitting"],
            actor_id=actor_id,
            is_forced=move.cleaned_data["is_forced"],
        )
        if not refused:
            return "moved"
        move.add_error("sitting", refused[user_id])
    return ""


def _history(shown: SittingData, user_id: int) -> list[dict[str, Any]]:
    changes = attendance.list_changes(shown.meeting.id, user_id)
    actors = people.real_names({each.actor_id for each in changes if each.actor_id is not None})
    states = {
        AttendanceState.PRESENT: _("Present"),
        AttendanceState.ABSENT: _("Absent"),
        AttendanceState.EXCUSED: _("Excused"),
    }
    sources = {
        AttendanceSource.CODE: _("By code"),
        AttendanceSource.SCAN: _("By scanning"),
        AttendanceSource.TICKET: _("By ticket"),
        AttendanceSource.ROLL: _("By the roll"),
        AttendanceSource.IMPORT: _("From a file"),
        AttendanceSource.REPLAY: _("Recording watched"),
        AttendanceSource.CORRECTION: _("Corrected"),
    }
    return [
        {
            "at": each.at,
            "state": states[each.state],
            "source": sources[each.source],
            "by": actors.get(each.actor_id, "") if each.actor_id not in {None, user_id} else "",
            "reason": each.reason,
        }
        for each in changes
    ]


# -- tables ------------------------------------------------------------------------------------------------------------


def keep_export_pace(user_id: int) -> HttpResponse | None:
    """Count an export; return the answer for one too many."""
    try:
        keep_pace("export", user_id=user_id)
    except people.TooFastError as refused:
        response = HttpResponse(str(refused), status=429, content_type="text/plain; charset=utf-8")
        response.headers["Retry-After"] = str(refused.wait_seconds)
        return response
    return None


def send_table(lines: Iterator[str], name: str) -> StreamingHttpResponse:
    """Return lines as a file; the mark in front lets spreadsheets read its letters."""
    response = StreamingHttpResponse(
        (f"\ufeff{line}" if not number else line for number, line in enumerate(lines)),
        content_type="text/csv; charset=utf-8",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _record_export(request: HttpRequest, session: SessionData, kind: str, **facts: Any) -> None:
    people.record_audit(
        actor_id=reader_id(request),
        verb=f"session.export_{kind}",
        target=f"session:{session.id}",
        context_key=str(session.course_key),
        data=facts,
    )


def _roster_lines(shown: SittingData) -> Iterator[str]:
    yield sessions.write_line(["learner", "email", "name", "seat", "attendance", "arrived_at", "source", "reason"])
    after: int | None = 0
    while after is not None:
        page = list_roll(shown.meeting, after=after, limit=_BATCH)
        ids = [row.user_id for row in page.results]
        logins = edx_platform.list_logins(ids)
        seated = {seat.user_id: seat for seat in attendance.list_seats(shown.meeting.id, after=after, limit=_BATCH)}
        for row in page.results:
            username, email = logins.get(row.user_id, ("", ""))
            known, seat = row.attendance, seated.get(row.user_id)
            yield sessions.write_line(
                [
                    username,
                    email,
                    row.name,
                    seat.source.value if seat else "",
                    known.state.value if known else "",
                    known.arrived_at.isoformat(timespec="seconds") if known and known.arrived_at else "",
                    known.source.value if known else "",
                    known.reason if known else "",
                ]
            )
        after = page.next_after


def _sitting_lines(session: SessionData) -> Iterator[str]:
    needed, allowed = sessions.COLUMNS[sessions.ImportKind.SITTINGS]
    columns = ["sitting", *needed, *(each for each in allowed if each != "sitting")]
    yield sessions.write_line(columns)
    sittings = sessions.list_sittings(session.id)
    logins = edx_platform.list_logins({each.meeting.host_id for each in sittings if each.meeting.host_id is not None})
    for each in sittings:
        meeting = each.meeting
        values = {
            "sitting": each.id,
            "title": meeting.title,
            "mode": meeting.mode.value,
            "start": f"{meeting.starts_local:%Y-%m-%d %H:%M}",
            "zone": meeting.zone.key,
            "minutes": meeting.minutes,
            "capacity": meeting.capacity or "",
            "place": meeting.place,
            "link": meeting.link,
            "host": logins.get(meeting.host_id, ("", ""))[0] if meeting.host_id is not None else "",
            "which_hour": _which_hour(each),
        }
        yield sessions.write_line(values[column] for column in columns)


def _which_hour(each: SittingData) -> str:
    """Return which of two equal hours a sitting starts in; empty where the clock shows its time once."""
    zone, local = each.meeting.zone, each.meeting.starts_local
    offsets = [local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)]
    if offsets[0] == offsets[1]:
        return ""
    return "second" if each.meeting.starts_at.astimezone(zone).fold else "first"


def _seat_lines(session: SessionData) -> Iterator[str]:
    yield sessions.write_line(["learner", "sitting", "title", "email", "name"])
    for each in sessions.list_sittings(session.id):
        after = 0
        while found := attendance.list_seats(each.meeting.id, after=after, limit=_BATCH):
            ids = [seat.user_id for seat in found]
            logins, names = edx_platform.list_logins(ids), people.real_names(ids)
            for user_id in ids:
                username, email = logins.get(user_id, ("", ""))
                yield sessions.write_line([username, each.id, each.meeting.title, email, names.get(user_id, "")])
            after = ids[-1]


def _say_wishes(number: int) -> str:
    """Return in words how many wait for a seat; empty for nobody."""
    if not number:
        return ""
    return ngettext("%(count)d learner waits for a seat.", "%(count)d learners wait for a seat.", number) % {
        "count": number
    }


_NOTICES = {
    "changed": lambda: _("Saved. Those who have a seat are told if time or place changed, and their dates follow."),
    "cancelled": lambda: _("Cancelled. Those who have a seat are told, with your reason."),
    "restored": lambda: _("The sitting takes place after all. Those who have a seat are told."),
    "seated": lambda: _("They have a seat here now."),
    "moved": lambda: _("Saved. Their dates follow, and they are told."),
    "corrected": lambda: _("Corrected. The learner sees your reason."),
}
