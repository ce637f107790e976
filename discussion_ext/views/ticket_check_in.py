"""Where a host lands who has scanned a ticket: who it is, and one press lets them in. Looking changes nothing."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from discussion_ext.api import attendance as api
from discussion_ext.attendance.owners import owner_of
from discussion_ext.attendance.permissions import may_call_roll
from discussion_ext.attendance.wording import say_attendance, say_recorded
from discussion_ext.data import AttendanceState, MeetingData
from discussion_ext.exceptions import CaseError
from people import api as people

from .check_in import draw, find_haste, host_url, unavailable

_STATUS: Final = {"sign_in": 401, "no_meeting": 404}


@people.personal_page
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ticket(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Show a host whose ticket it is and whether they are in; a POST lets them in. Everybody else learns nothing."""
    meeting = api.find_meeting_by_uid(uid)
    decision = may_call_roll(request.user.pk, meeting)
    if not decision.is_allowed or meeting is None or request.user.pk is None:
        status = _STATUS.get(decision.code, 403)
        return render(request, "discussion_ext/check_in/not_host.html", {"decision": decision}, status=status)
    error: CaseError | None = find_haste(request.user.pk)
    if request.method == "POST" and error is None:
        try:
            with transaction.atomic():
                api.check_in_ticket(
                    meeting_id=meeting.id,
                    token=token,
                    actor_id=request.user.pk,
                    request_key=request.POST.get("key", "")[:40] or uuid.uuid4().hex,
                    is_walk_in="walk_in" in request.POST,
                )
        except CaseError as refused:
            error = refused
        except DatabaseError as broken:
            return unavailable(request, meeting, broken)
        else:
            return HttpResponseRedirect(f"{request.path}?now=1")
    return draw(request, meeting, "ticket", lambda: _read(request, meeting, token, error), error)


def _read(request: HttpRequest, meeting: MeetingData, token: str, error: CaseError | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"host_page": host_url(meeting), "state": "none", "is_new": "now" in request.GET}
    try:
        user_id = api.read_ticket(meeting, token)
    except api.WrongTicketError as refused:
        return {**shown, "said": refused.message}
    owner = owner_of(meeting)
    known = api.find_attendance([meeting.id], [user_id]).get((meeting.id, user_id))
    actor_id = known.recorded_by if known else None
    names = owner.name_people(meeting, {user_id, *([actor_id] if actor_id else [])})
    name = names.get(user_id, "")
    return shown | {
        "state": _state(meeting, user_id, is_here=bool(known and known.state is AttendanceState.PRESENT)),
        "name": name,
        "initials": people.initials(name),
        "tone": people.tone(name),
        "note": owner.note_people(meeting, [user_id]).get(user_id, ""),
        "said": say_recorded(known, meeting, by=names.get(actor_id or 0, "")) if known else "",
        "known_state": say_attendance(known, meeting) if known else "",
        "opens": people.format_moment(meeting.check_in_from, zone=meeting.zone),
        "key": uuid.uuid4().hex,
    }


def _state(meeting: MeetingData, user_id: int, *, is_here: bool) -> str:
    """Return "here", "cancelled", "early", "no_place" or "ready"."""
    if is_here:
        return "here"
    if meeting.is_cancelled:
        return "cancelled"
    if timezone.now() < meeting.check_in_from:
        return "early"
    return "ready" if owner_of(meeting).has_place(meeting, user_id) else "no_place"
