"""Check-in on a phone: the learner's page, and the host's with the code and the roll. Both work without script."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from discussion_ext.api import attendance as api
from discussion_ext.attendance.lists import RollRow, find_walk_ins, list_roll
from discussion_ext.attendance.owners import owner_of
from discussion_ext.attendance.permissions import Decision, keep_roll_pace, may_call_roll, may_see_check_in
from discussion_ext.attendance.wording import say_attendance, say_where
from discussion_ext.data import AttendanceSource, AttendanceState, MeetingData, TickData
from discussion_ext.exceptions import CaseError
from people import api as people

log = logging.getLogger(__name__)

_PAGE_SIZE: Final = 500


@people.personal_page
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def check_in(request: HttpRequest, uid: str) -> HttpResponse:
    """Let somebody check in by the code or, with ``scan`` in the address, by the picture; say what is next."""
    meeting, user_id = open_meeting(request, uid, may_see_check_in)
    error: CaseError | None = None
    mark = (request.POST if request.method == "POST" else request.GET).get("scan", "")
    if request.method == "POST":
        source = AttendanceSource.SCAN if mark else AttendanceSource.CODE
        try:
            with transaction.atomic():
                api.check_in(
                    meeting_id=meeting.id, user_id=user_id, code=mark or request.POST.get("code", ""), source=source
                )
        except CaseError as refused:
            error, mark = refused, ""  # an old picture gives way to the field for the code
        except DatabaseError as broken:
            return unavailable(request, meeting, broken)
        else:
            return HttpResponseRedirect(request.path)
    return draw(request, meeting, "check_in", lambda: _read_learner(meeting, user_id, mark=mark, error=error), error)


@people.personal_page
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def host(request: HttpRequest, uid: str) -> HttpResponse:
    """Show the code, the picture and the roll to a meeting's host; a POST ticks one person."""
    meeting, user_id = open_meeting(request, uid, may_call_roll)
    error: CaseError | None = None
    if request.method == "POST":
        try:
            with transaction.atomic():
                _tick(request, meeting, user_id)
        except CaseError as refused:
            error = refused
        except DatabaseError as broken:
            return unavailable(request, meeting, broken)
        else:
            after = read_number(request.GET.get("after", ""))
            return HttpResponseRedirect(request.path + (f"?after={after}" if after else "") + "#roll")
    elif "q" in request.GET:
        error = find_haste(user_id)
    return draw(request, meeting, "host", lambda: _read_host(request, meeting, error), error)


def open_meeting(
    request: HttpRequest, uid: str, ask: Callable[[int | None, MeetingData | None], Decision]
) -> tuple[MeetingData, int]:
    """Return the meeting of an address and who asks. Raise 404 with the reason for those who may not."""
    meeting = api.find_meeting_by_uid(uid)
    decision = ask(request.user.pk, meeting)
    if not decision.is_allowed or meeting is None or request.user.pk is None:
        raise Http404(decision.sentence)
    return meeting, request.user.pk


def draw(
    request: HttpRequest,
    meeting: MeetingData,
    name: str,
    read: Callable[[], dict[str, Any]],
    error: CaseError | None,
) -> HttpResponse:
    """Return the page ``name`` with what ``read`` returns, or that of a database that refuses."""
    try:
        with transaction.atomic():
            context = read()
    except DatabaseError as broken:
        return unavailable(request, meeting, broken)
    context |= frame(meeting) | {"error": error}
    response = render(request, f"discussion_ext/check_in/{name}.html", context, status=error.status if error else 200)
    if error and error.wait_seconds:
        response.headers["Retry-After"] = str(error.wait_seconds)
    return response


def unavailable(request: HttpRequest, meeting: MeetingData, error: DatabaseError) -> HttpResponse:
    """Return the page of a database that refuses."""
    log.error("discussion_ext.check_in_unavailable meeting=%s error=%s", meeting.id, people.name_error(error))
    return render(request, "discussion_ext/check_in/unavailable.html", frame(meeting), status=503)


def frame(meeting: MeetingData) -> dict[str, Any]:
    """Return what every page of a meeting shows."""
    return {"meeting": meeting, "when": people.format_moment(meeting.starts_at, zone=meeting.zone)}


def _read_learner(meeting: MeetingData, user_id: int, *, mark: str, error: CaseError | None) -> dict[str, Any]:
    known = api.find_attendance([meeting.id], [user_id]).get((meeting.id, user_id))
    owner = owner_of(meeting)
    shown: dict[str, Any] = {
        "state": _state(meeting, is_present=bool(known and known.state is AttendanceState.PRESENT)),
        "next": owner.say_what_next(meeting, user_id),
        "known": known,
        "said": say_attendance(known, meeting),
        "scan": mark,
        "opens": people.format_moment(meeting.check_in_from, zone=meeting.zone),
        "closed_time": people.say_time(meeting.check_in_until, meeting.zone),
        "closed_day": people.say_day(meeting.check_in_until.astimezone(meeting.zone).date()),
        "is_closed_today": _is_today(meeting),
        "may_ask_host": timezone.now() < meeting.correct_until,
        "ask_until": people.say_day(meeting.correct_until.astimezone(meeting.zone).date()),
        "host_page": host_url(meeting) if may_call_roll(user_id, meeting).is_allowed else "",
    }
    if meeting.host_id is not None:
        shown["host_name"] = owner.name_people(meeting, [meeting.host_id]).get(meeting.host_id, "")
    return shown


def _state(meeting: MeetingData, *, is_present: bool) -> str:
    if is_present:
        return "done"
    if meeting.is_cancelled:
        return "cancelled"
    now = timezone.now()
    if now < meeting.check_in_from:
        return "early"
    return "open" if now < meeting.check_in_until else "closed"


def _is_today(meeting: MeetingData) -> bool:
    days = {each.astimezone(meeting.zone).date() for each in (timezone.now(), meeting.check_in_until)}
    return len(days) == 1


def _read_host(request: HttpRequest, meeting: MeetingData, error: CaseError | None) -> dict[str, Any]:
    after = read_number(request.GET.get("after", ""))
    now, typed = timezone.now(), request.GET.get("q", "")
    page = list_roll(meeting, after=after, limit=_PAGE_SIZE)
    found = {} if error else find_walk_ins(meeting, typed)
    return {
        "where": say_where(meeting),
        "has_tickets": owner_of(meeting).has_tickets,
        "state": "early" if now < meeting.check_in_from else _state(meeting, is_present=False),
        "opens": people.format_moment(meeting.check_in_from, zone=meeting.zone),
        "code": api.current_code(meeting.id, at=now),
        "picture": mark_safe(api.draw_check_in_qr(meeting.id, at=now)),  # noqa: S308 - drawn from our own address
        "page": page,
        "next_url": f"{request.path}?after={page.next_after}" if page.next_after else "",
        "rows": [_row(row, meeting) for row in page.results],
        "typed": typed,
        "found": [{"user_id": user_id, "name": name, "key": uuid.uuid4().hex} for user_id, name in found.items()],
        "data": {
            "code_url": reverse("discussion_ext:api_check_in_code", args=[meeting.uid]),
            "roll_url": reverse("discussion_ext:api_roll", args=[meeting.uid]),
            "page_url": reverse("discussion_ext:api_roll", args=[meeting.uid]) + f"?after={after}",
            "walk_ins_url": reverse("discussion_ext:api_walk_ins", args=[meeting.uid]),
            "store": f"discussion_ext.roll.{meeting.uid}.{request.user.pk}",
            "ticket_url": host_url(meeting).removesuffix("host/") + "ticket/",
            "zone": meeting.zone.key,
            "reader": request.user.pk,
            "csrf_cookie": settings.CSRF_COOKIE_NAME,
            "present": page.present,
            "seats": page.seats,
            "words": _words(),
        },
    }


def _row(row: RollRow, meeting: MeetingData) -> dict[str, Any]:
    return {
        "user_id": row.user_id,
        "name": row.name,
        "note": row.note,
        "initials": people.initials(row.name),
        "tone": people.tone(row.name),
        "said": say_attendance(row.attendance, meeting),
        "is_here": bool(row.attendance and row.attendance.state is AttendanceState.PRESENT),
        "key": uuid.uuid4().hex,
    }


def _words() -> dict[str, str]:
    """Return what the page's script says, in the reader's language; numbers are put where {n} and {m} stand."""
    return {
        "next_code": _("Next code in {n} s"),
        "code_label": _("Code {n}"),
        "here": _("Here"),
        "is_here": _("{n} is here"),
        "not_yet": _("Not yet"),
        "not_here": _("Not here"),
        "count": _("{n} of {m} here"),
        "waiting": _("{n}, waiting for network"),
        "sent": _("{n}, by the host"),
        "offline": _("No network."),
        "kept_one": _("1 tick is kept on this phone and sent when it is back."),
        "kept_many": _("{n} ticks are kept on this phone and sent when it is back."),
        "kept_none": _("The code below may be old. Ticks are kept on this phone and sent when it is back."),
        "signed_out": _("You are signed out."),
        "sign_in": _("Sign in again in another window: ticks are kept on this phone and sent then."),
        "refused": _("Not saved."),
        "not_kept": _("This phone keeps nothing: ticks are lost when the page closes before they are sent."),
        "nobody": _("Nobody was found who could be added."),
        "no_match": _("Nobody on the list has this name."),
        "add": _("Add"),
        "add_name": _("Add {n}"),
        "large": _("Show large"),
        "small": _("Show small"),
        "showing": _("{n} shown"),
        "scan": _("Scan tickets"),
        "scan_stop": _("Stop scanning"),
        "scan_aim": _("Point the camera at a ticket."),
        "scan_denied": _(
            "This page may not use the camera. Allow it in the browser's settings, or scan with the camera app of this "
            "phone: the link that it shows leads to the ticket."
        ),
        "scan_broken": _("There is no camera to use here. Scan with the camera app of a phone, or look for the name."),
        "scan_other": _("This is no ticket of this meeting."),
        "scan_kept": _("Ticket scanned at {n}. It is kept on this phone and sent when there is network."),
        "scan_in": _("{n} is in now."),
        "scan_already": _("{n} is already in: {m}."),
        "scan_older": _("{n}: somebody has said otherwise since. {m}."),
        "scan_look": _("Look at the ticket"),
    }


def _tick(request: HttpRequest, meeting: MeetingData, user_id: int) -> None:
    """Record the one tick of a form. Raises CaseError."""
    if haste := find_haste(user_id):
        raise haste
    person, state = read_number(request.POST.get("person", "")), request.POST.get("state", "")
    if not person or state not in (AttendanceState.PRESENT, AttendanceState.ABSENT):
        raise CaseError(_("Say who it is, and whether they are here."), field="person")
    tick = TickData(
        request_key=request.POST.get("key", ""),
        user_id=person,
        state=AttendanceState(state),
        made_at=timezone.now(),
    )
    (result,) = api.record_roll(meeting_id=meeting.id, actor_id=user_id, ticks=[tick])
    if result.message:
        raise CaseError(result.message, field="person")


def find_haste(user_id: int) -> CaseError | None:
    """Count that somebody searches; return the refusal beyond the host's pace."""
    try:
        keep_roll_pace(user_id)
    except people.TooFastError as refused:
        return api.TooManyTriesError(wait_seconds=refused.wait_seconds)
    return None


def host_url(meeting: MeetingData) -> str:
    """Return the path of the host's page."""
    return reverse("discussion_ext:host_check_in", args=[meeting.uid])


def read_number(text: str) -> int:
    """Return a number of the address or form; 0 for whatever is none."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 10 else 0
