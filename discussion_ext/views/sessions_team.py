"""The course team's pages of class sessions: the list, a session's rules, and its sittings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from opaque_keys.edx.keys import CourseKey

from discussion_ext import edx_platform
from discussion_ext.api import attendance, sessions
from discussion_ext.data import AssignedBy, AttendanceState, MeetingMode, SessionData, SittingData
from discussion_ext.exceptions import CaseError
from discussion_ext.forms.sessions import SessionForm
from discussion_ext.forms.sittings import CancelForm, SittingForm
from discussion_ext.sessions.permissions import hosted_by, may_run_sessions, may_see_sessions
from people import api as people

from .course_pages import check, read_course_key, reader_id, render_page


@people.personal_page
@require_safe
@login_required
def sessions_list(request: HttpRequest, course_id: str) -> HttpResponse:
    """Show every session with its sittings, seats and attendance; a host sees the sittings that are theirs."""
    course_key, user_id = read_course_key(course_id), reader_id(request)
    check(may_see_sessions(user_id, course_key))
    is_team = may_run_sessions(user_id, course_key).is_allowed

    def read() -> dict[str, Any]:
        mine = None if is_team else {each.id for each in hosted_by(user_id, course_key)}
        cards = [_card(session, mine) for session in sessions.list_sessions(course_key)]
        return {
            "is_team": is_team,
            "cards": [card for card in cards if is_team or card["rows"]],
            "notice": _NOTICES.get(request.GET.get("done", ""), lambda: "")(),
        }

    return render_page(request, course_key, "list", read)


@people.personal_page
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def session_settings(request: HttpRequest, course_id: str, session_id: int) -> HttpResponse:
    """Show and change who decides where learners sit, until when, and what a recording counts."""
    course_key, session = _open_session(request, course_id, session_id)
    form = SessionForm(request.POST or None, initial=SessionForm.initial_of(session))
    if request.method == "POST" and form.is_valid():
        try:
            sessions.change_session(
                session_id=session.id,
                title=form.cleaned_data["title"],
                assigned_by=AssignedBy(form.cleaned_data["assigned_by"]),
                change_until_hours=form.cleaned_data["change_until_hours"],
                replay_percent=form.cleaned_data["replay_percent"],
                actor_id=reader_id(request),
            )
        except CaseError as fault:
            form.add_error(fault.field if fault.field in form.fields else None, fault.message)
        else:
            return HttpResponseRedirect(list_url(course_key, done="saved", session_id=session.id))
    status = 422 if form.is_bound else 200
    return render_page(request, course_key, "session", lambda: {"form": form, "session": session}, status=status)


@people.personal_page
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sitting_add(request: HttpRequest, course_id: str, session_id: int) -> HttpResponse:
    """Add a sitting to a session."""
    course_key, session = _open_session(request, course_id, session_id)
    initial = _first_sitting(session, reader_id(request))
    form = SittingForm(request.POST or None, initial=initial, course_key=course_key)
    if request.method == "POST" and form.is_valid() and form.plan is not None:
        try:
            sessions.add_sitting(
                session_id=session.id, plan=form.plan, actor_id=reader_id(request), **_beside_plan(form)
            )
        except CaseError as fault:
            form.refuse(fault)
        else:
            return HttpResponseRedirect(list_url(course_key, done="added", session_id=session.id))
    return _render_form(request, course_key, session, form, None)


@people.personal_page
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sitting_edit(request: HttpRequest, course_id: str, sitting_id: int) -> HttpResponse:
    """Change a sitting; those who have a seat are told when time or place change."""
    course_key, session, sitting = open_sitting(request, course_id, sitting_id)
    form = SittingForm(
        request.POST or None, initial=SittingForm.initial_of(sitting), course_key=course_key, sitting=sitting
    )
    if request.method == "POST" and form.is_valid() and form.plan is not None:
        try:
            sessions.change_sitting(
                sitting_id=sitting.id, plan=form.plan, actor_id=reader_id(request), **_beside_plan(form)
            )
        except CaseError as fault:
            form.refuse(fault)
        else:
            return HttpResponseRedirect(sitting_url(course_key, sitting.id, done="changed"))
    return _render_form(request, course_key, session, form, sitting)


@people.personal_page
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sitting_cancel(request: HttpRequest, course_id: str, sitting_id: int) -> HttpResponse:
    """Say how many people are concerned, and call a sitting off with a reason."""
    course_key, session, sitting = open_sitting(request, course_id, sitting_id)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sessions.cancel_sitting(
                sitting_id=sitting.id, actor_id=reader_id(request), reason=form.cleaned_data["reason"]
            )
        except CaseError as fault:
            form.add_error("reason", fault.message)
        else:
            return HttpResponseRedirect(sitting_url(course_key, sitting.id, done="cancelled"))

    def read() -> dict[str, Any]:
        others = [each for each in sessions.list_sittings(session.id) if _is_ahead(each) and each.id != sitting.id]
        return {
            "form": form,
            "session": session,
            "row": draw_sitting(course_key, sitting),
            "has_others": bool(others),
            "learners_choose": session.assigned_by == AssignedBy.CHOICE,
        }

    return render_page(request, course_key, "cancel", read, status=422 if form.is_bound else 200)


# -- what the pages share ----------------------------------------------------------------------------------------------


def list_url(course_key: CourseKey, *, done: str = "", session_id: int = 0) -> str:
    """Return the address of the list, saying what was done, at a session."""
    url = reverse("discussion_ext:sessions", args=[str(course_key)])
    return f"{url}{'?done=' + done if done else ''}{f'#session-{session_id}' if session_id else ''}"


def sitting_url(course_key: CourseKey, sitting_id: int, *, done: str = "") -> str:
    """Return the address of a sitting, saying what was done."""
    url = reverse("discussion_ext:sitting", args=[str(course_key), sitting_id])
    return f"{url}?done={done}" if done else url


def find_sitting(course_key: CourseKey, sitting_id: int) -> tuple[SessionData, SittingData]:
    """Return a sitting of a course with its session. Raise 404 for one that is none, or another course's."""
    try:
        sitting = sessions.get_sitting(sitting_id)
        session = sessions.get_session(sitting.session_id)
    except sessions.SessionError as error:
        raise Http404(error.message) from error
    if session.course_key != course_key:
        raise Http404(_("There is no such sitting."))
    return session, sitting


def find_session(course_key: CourseKey, session_id: int) -> SessionData:
    """Return a session of a course. Raise 404 for one that is none, or another course's."""
    try:
        session = sessions.get_session(session_id)
    except sessions.SessionError as error:
        raise Http404(error.message) from error
    if session.course_key != course_key:
        raise Http404(_("There is no such class session."))
    return session


def open_sitting(request: HttpRequest, course_id: str, sitting_id: int) -> tuple[CourseKey, SessionData, SittingData]:
    """Return a sitting that the reader may change. Raise 404 otherwise."""
    course_key = read_course_key(course_id)
    check(may_run_sessions(reader_id(request), course_key))
    session, sitting = find_sitting(course_key, sitting_id)
    return course_key, session, sitting


def draw_sitting(course_key: CourseKey, sitting: SittingData, *, present: int = 0, host: str = "") -> dict[str, Any]:
    """Return a sitting as the team's pages show it."""
    meeting = sitting.meeting
    now = timezone.now()
    return {
        "sitting": sitting,
        "meeting": meeting,
        "when": people.say_stretch(meeting.starts_at, meeting.ends_at, meeting.zone),
        "zone": people.say_zone(meeting.zone),
        "month": dateformat.format(meeting.starts_at.astimezone(meeting.zone), "M"),
        "day": meeting.starts_at.astimezone(meeting.zone).day,
        "utc": people.format_utc(meeting.starts_at),
        "where": meeting.place or (_("Online") if meeting.mode != MeetingMode.OFFLINE else ""),
        "host": host,
        "seats": say_seats(sitting),
        "present": say_present(present, meeting.seats_taken) if meeting.check_in_from <= now else "",
        "state": say_state(sitting),
        "is_past": meeting.ends_at <= now,
        "is_now": meeting.check_in_from <= now < meeting.ends_at and not meeting.is_cancelled,
        "url": sitting_url(course_key, sitting.id),
        "host_url": reverse("discussion_ext:host_check_in", args=[meeting.uid]),
    }


def say_seats(sitting: SittingData) -> str:
    """Return in words how many seats are taken."""
    meeting = sitting.meeting
    if not meeting.capacity:
        return ngettext("%(count)d seat taken", "%(count)d seats taken", meeting.seats_taken) % {
            "count": meeting.seats_taken
        }
    return ngettext("%(taken)d of %(count)d seat taken", "%(taken)d of %(count)d seats taken", meeting.capacity) % {
        "taken": meeting.seats_taken,
        "count": meeting.capacity,
    }


def say_present(present: int, seats: int) -> str:
    """Return in words how many came."""
    return ngettext("%(present)d of %(count)d present", "%(present)d of %(count)d present", seats) % {
        "present": present,
        "count": seats,
    }


def say_state(sitting: SittingData) -> tuple[str, str]:
    """Return the word for a sitting's state and the kind of tag it stands in; two empty texts for one that is ahead."""
    meeting, now = sitting.meeting, timezone.now()
    if meeting.is_cancelled:
        return _("Cancelled"), "warn"
    if meeting.check_in_from <= now < meeting.ends_at:
        return _("Now"), "act"
    if meeting.ends_at <= now:
        return _("Over"), ""
    return (_("Full"), "info") if meeting.is_full else ("", "")


def _open_session(request: HttpRequest, course_id: str, session_id: int) -> tuple[CourseKey, SessionData]:
    course_key = read_course_key(course_id)
    check(may_run_sessions(reader_id(request), course_key))
    return course_key, find_session(course_key, session_id)


def _card(session: SessionData, mine: set[int] | None) -> dict[str, Any]:
    """Return a session with its sittings; ``mine`` are the ones that a host sees, None for all."""
    sittings = [each for each in sessions.list_sittings(session.id) if mine is None or each.id in mine]
    meeting_ids = [each.meeting.id for each in sittings]
    counts = attendance.count_attendance(meeting_ids)
    hosts = people.real_names({each.meeting.host_id for each in sittings if each.meeting.host_id is not None})
    rows = [
        draw_sitting(
            session.course_key,
            each,
            present=counts[each.meeting.id][AttendanceState.PRESENT],
            host=hosts.get(each.meeting.host_id, "") if each.meeting.host_id is not None else "",
        )
        for each in sittings
    ]
    args = [str(session.course_key), session.id]
    return {
        "session": session,
        "rule": _say_rule(session),
        "rows": sorted(rows, key=lambda row: row["is_past"]),
        "next": _say_next(session, rows) if mine is None else "",
        "needs_sitting": not _has_room(session, rows),
        "now": next((row for row in rows if row["is_now"]), None),
        "settings_url": reverse("discussion_ext:session_settings", args=args),
        "add_url": reverse("discussion_ext:sitting_add", args=args),
        "import_url": reverse("discussion_ext:session_import", args=[*args, "sittings"]),
        "seats_url": reverse("discussion_ext:session_import", args=[*args, "seats"]),
    }


def _say_rule(session: SessionData) -> str:
    rule = {
        AssignedBy.CHOICE: lambda: (
            ngettext(
                "Learners choose, and can change until %(count)d hour before.",
                "Learners choose, and can change until %(count)d hours before.",
                session.change_until_hours,
            )
            % {"count": session.change_until_hours}
        ),
        AssignedBy.COHORT: lambda: _("Cohorts decide: their members get seats by themselves."),
        AssignedBy.TEAM: lambda: _("The course team decides who comes when."),
    }
    return rule[session.assigned_by]()


def _say_next(session: SessionData, rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the one thing to do next in a session, or what is expected."""
    ahead = [row for row in rows if _is_ahead(row["sitting"])]
    if not rows:
        return _("Nobody can come yet. Add the first sitting.")
    if any(row["is_now"] for row in rows):
        return _("A sitting is on now. Its host shows the code and calls the roll.")
    if not ahead:
        return _("No sitting lies ahead. Add one for those who have not come.")
    if session.assigned_by == AssignedBy.COHORT and not all(row["sitting"].cohort_ids for row in ahead):
        return _("A sitting has no cohort, so nobody gets a seat in it. Choose its cohorts.")
    return _say_missing(session, rows) or _("Everybody has a seat. Next: %(title)s, %(when)s.") % {
        "title": ahead[0]["meeting"].title,
        "when": ahead[0]["when"],
    }


def _say_missing(session: SessionData, rows: Sequence[Mapping[str, Any]]) -> str:
    """Return how many have no seat yet, and whether there are enough; empty where everybody has one."""
    missing = _count_missing(session, rows)
    if missing <= 0:
        return ""
    if _has_room(session, rows):
        return ngettext("%(count)d learner has no seat yet.", "%(count)d learners have no seat yet.", missing) % {
            "count": missing
        }
    return ngettext(
        "%(count)d learner has no seat yet, and there are too few seats. Add a sitting.",
        "%(count)d learners have no seat yet, and there are too few seats. Add a sitting.",
        missing,
    ) % {"count": missing}


def _count_missing(session: SessionData, rows: Sequence[Mapping[str, Any]]) -> int:
    seated = sum(row["meeting"].seats_taken for row in rows if not row["meeting"].is_cancelled)
    return edx_platform.count_learners(session.course_key) - seated


def _has_room(session: SessionData, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether those who have no seat yet fit into the sittings that lie ahead."""
    ahead = [row["meeting"] for row in rows if _is_ahead(row["sitting"])]
    if not ahead or any(meeting.seats_left is None for meeting in ahead):
        return bool(ahead)
    return sum(meeting.seats_left for meeting in ahead) >= _count_missing(session, rows)


def _is_ahead(sitting: SittingData) -> bool:
    return not sitting.meeting.is_cancelled and sitting.meeting.ends_at > timezone.now()


def _first_sitting(session: SessionData, user_id: int) -> dict[str, Any]:
    """Return what a new sitting begins with: the last one of the session, or the reader's own zone."""
    before = sessions.list_sittings(session.id)
    if not before:
        login = edx_platform.list_logins([user_id]).get(user_id, ("", ""))[0]
        return {"zone": people.person_zone(user_id).key, "host": login, "minutes": 90, "mode": "offline"}
    kept = ("zone", "minutes", "mode", "place", "link", "host", "capacity")
    last = SittingForm.initial_of(before[-1])
    return {name: last[name] for name in kept}


def _beside_plan(form: SittingForm) -> dict[str, Any]:
    """Return what belongs to the sitting and not to its meeting."""
    values = form.cleaned_data
    return {
        "cohort_ids": values.get("cohorts", ()),
        "replay_url": values["replay_url"],
        "replay_unit": values["replay_unit"],
    }


def _render_form(
    request: HttpRequest, course_key: CourseKey, session: SessionData, form: SittingForm, sitting: SittingData | None
) -> HttpResponse:
    def read() -> dict[str, Any]:
        return {
            "form": form,
            "session": session,
            "sitting": sitting,
            "zones": attendance.list_zones(),
            "back_url": sitting_url(course_key, sitting.id) if sitting else list_url(course_key),
        }

    return render_page(request, course_key, "sitting_form", read, status=422 if form.is_bound else 200)


_NOTICES = {
    "saved": lambda: _("The rules are saved."),
    "added": lambda: _("The sitting is added."),
    "imported": lambda: _("The file is taken over."),
}
