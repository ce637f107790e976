"""A learner's own page of class sessions in a course, and the calendar of all their courses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from opaque_keys.edx.keys import CourseKey

from discussion_ext.api import sessions
from discussion_ext.attendance.wording import say_attendance
from discussion_ext.data import AssignedBy, OwnSittingData, SessionData, SittingChoiceData
from discussion_ext.exceptions import CaseError
from discussion_ext.permissions import keep_pace
from discussion_ext.sessions.permissions import may_choose, may_see_roster
from people import api as people

from .course_pages import check, read_course_key, read_number, reader_id, render_page
from .sessions_team import draw_sitting, find_session, find_sitting

_CALENDAR_TYPE = "text/calendar; charset=utf-8"


@people.personal_page
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def my_sessions(request: HttpRequest, course_id: str) -> HttpResponse:
    """Show the reader's class sessions; a POST chooses, leaves, asks to be told, or renews the calendar's address."""
    course_key, user_id = read_course_key(course_id), reader_id(request)
    check(may_choose(user_id, course_key))
    refusal: CaseError | None = None
    at_session, status, wait_seconds = 0, 200, 0
    url = reverse("discussion_ext:my_sessions", args=[str(course_key)])
    if request.method == "POST":
        at_session = read_number(request.POST.get("session", ""))
        try:
            keep_pace("seat", user_id=user_id)
            with transaction.atomic():
                done = _act(request, course_key, user_id, at_session)
        except people.TooFastError as haste:
            refusal, status, wait_seconds = CaseError(str(haste)), 429, haste.wait_seconds
        except CaseError as refused:
            refusal, status = refused, refused.status
        else:
            return HttpResponseRedirect(f"{url}?done={done}" + (f"#session-{at_session}" if at_session else ""))

    def read() -> dict[str, Any]:
        cards = [_card(session, user_id) for session in sessions.list_sessions(course_key)]
        return {
            "cards": [card for card in cards if card["own"] or card["choices"]],
            "refusal": refusal.message if refusal else "",
            "at_session": at_session,
            "notice": _NOTICES.get(request.GET.get("done", ""), lambda: "")(),
            "calendar_url": sessions.calendar_url(user_id),
        }

    response = render_page(request, course_key, "mine", read, status=status)
    if wait_seconds:
        response.headers["Retry-After"] = str(wait_seconds)
    return response


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Send a learner's calendar to whatever program knows its address; nobody signs in."""
    try:
        user_id = sessions.read_calendar_token(token)
        keep_pace("calendar", user_id=user_id)
    except sessions.SessionError as error:
        raise Http404(error.message) from error
    except people.TooFastError as refused:
        response = HttpResponse(str(refused), status=429, content_type="text/plain; charset=utf-8")
        response.headers["Retry-After"] = str(refused.wait_seconds)
        return response
    return _send_calendar(sessions.draw_calendar(user_id), "class-sessions.ics")


@people.personal_page
@require_safe
@login_required
def sitting_calendar(request: HttpRequest, course_id: str, sitting_id: int) -> HttpResponse:
    """Send one sitting as a calendar file."""
    course_key = read_course_key(course_id)
    _session, sitting = find_sitting(course_key, sitting_id)
    if not may_see_roster(reader_id(request), course_key, sitting).is_allowed:
        check(may_choose(reader_id(request), course_key))
    return _send_calendar(sessions.draw_sitting(sitting), f"sitting-{sitting.id}.ics")


def _send_calendar(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=_CALENDAR_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _act(request: HttpRequest, course_key: CourseKey, user_id: int, session_id: int) -> str:
    """Do what a form asks and return what was done. Raises CaseError."""
    act = request.POST.get("act", "")
    if act == "renew":
        sessions.renew_calendar(user_id)
        return act
    session = find_session(course_key, session_id)
    sitting_id = read_number(request.POST.get("sitting", ""))
    if act == "leave":
        sessions.leave_sitting(session_id=session.id, user_id=user_id)
    elif act == "choose":
        if not sitting_id:
            raise CaseError(_("Choose a sitting first."), field="sitting")
        sessions.choose_sitting(session_id=session.id, user_id=user_id, sitting_id=sitting_id)
    elif act == "wish":
        sessions.wish_seat(session_id=session.id, user_id=user_id, sitting_id=sitting_id)
    elif act == "unwish":
        sessions.unwish_seat(session_id=session.id, user_id=user_id, sitting_id=sitting_id)
    else:
        raise CaseError(_("There is no such act."), field="act")
    return act


def _card(session: SessionData, user_id: int) -> dict[str, Any]:
    own = sessions.find_own_sitting(session_id=session.id, user_id=user_id)
    choices = sessions.list_choices(session_id=session.id, user_id=user_id)
    drawn = [_draw(session, choice) for choice in choices if not choice.is_mine]
    can_choose = session.assigned_by == AssignedBy.CHOICE and (own.sitting is None or _may_leave(own))
    mine = next((choice for choice in choices if choice.is_mine), None)
    return {
        "session": session,
        "own": _draw(session, mine) if mine else None,
        "attendance": say_attendance(own.attendance, own.sitting.meeting) if own.attendance and own.sitting else "",
        "choices": drawn,
        "can_choose": can_choose,
        "free": [each for each in drawn if not each["refusal"]] if can_choose else [],
        "refused": [each for each in drawn if each["refusal"]] if can_choose else [],
        "until": _say_until(session, own),
        "decides": _say_who_decides(session) if session.assigned_by != AssignedBy.CHOICE else "",
        "can_leave": own.source is not None and own.may_change_until is not None,
        "tag": _say_tag(own, drawn, can_choose=can_choose),
    }


def _may_leave(own: OwnSittingData) -> bool:
    is_cancelled = own.sitting is not None and own.sitting.meeting.is_cancelled
    return own.may_change_until is not None or is_cancelled


def _draw(session: SessionData, choice: SittingChoiceData) -> dict[str, Any]:
    row = draw_sitting(session.course_key, choice.sitting, host=choice.host_name)
    left = choice.sitting.meeting.seats_left
    now = timezone.now()
    return {
        **row,
        "refusal": choice.refusal,
        "is_wished": choice.is_wished,
        "can_wish": choice.sitting.meeting.is_full and not choice.is_mine and choice.sitting.meeting.starts_at > now,
        "left": _say_left(left, choice.sitting.meeting.capacity) if choice.sitting.meeting.ends_at > now else "",
        "check_in_url": reverse("discussion_ext:check_in", args=[choice.sitting.meeting.uid]),
        "opens": people.format_moment(choice.sitting.meeting.check_in_from, zone=choice.sitting.meeting.zone),
        "file_url": reverse("discussion_ext:sitting_calendar", args=[str(session.course_key), choice.sitting.id]),
        "replay_url": choice.sitting.replay_url if choice.sitting.meeting.ends_at <= now else "",
    }


def _say_left(left: int | None, capacity: int) -> str:
    if left is None:
        return ""
    if not left:
        return _("Full")
    return ngettext("%(left)d of %(count)d seat left", "%(left)d of %(count)d seats left", capacity) % {
        "left": left,
        "count": capacity,
    }


def _say_until(session: SessionData, own: OwnSittingData) -> str:
    if session.assigned_by != AssignedBy.CHOICE:
        return ""
    if own.sitting is None:
        return ngettext(
            "You can change until %(count)d hour before.",
            "You can change until %(count)d hours before.",
            session.change_until_hours,
        ) % {"count": session.change_until_hours}
    if own.may_change_until is not None:
        until = people.format_moment(own.may_change_until, zone=own.sitting.meeting.zone)
        return _("You can change until %(moment)s.") % {"moment": until}
    return ""


def _say_who_decides(session: SessionData) -> str:
    if session.assigned_by == AssignedBy.COHORT:
        return _("Your sitting is that of your group. Ask the course team if you cannot come.")
    return _("The course team decides who comes when. Ask them if you cannot come.")


def _say_tag(own: OwnSittingData, choices: Sequence[object], *, can_choose: bool) -> tuple[str, str]:
    """Return the word for where the learner stands, and the kind of tag."""
    if own.attendance is not None:
        return {"present": (_("Present"), "ok"), "excused": (_("Excused"), ""), "absent": (_("Not there"), "warn")}[
            own.attendance.state.value
        ]
    if own.sitting is None:
        return (_("Choose a session"), "warn") if can_choose and choices else (_("No seat yet"), "warn")
    if own.sitting.meeting.is_cancelled:
        return _("Cancelled"), "warn"
    return (_("Over"), "") if own.sitting.meeting.ends_at <= timezone.now() else (_("You have a seat"), "ok")


_NOTICES = {
    "choose": lambda: _("The seat is yours. All dates of the task follow it."),
    "leave": lambda: _("The seat is free again. Choose another sitting when you can."),
    "wish": lambda: _("You are told as soon as a seat opens."),
    "unwish": lambda: _("You are no longer in line for a seat."),
    "renew": lambda: _("Your calendar has a new address. The old one opens nothing any more."),
}
