"""A learner's class session on the screen: where and when they sit, what else there is to choose, checking in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussion_ext.data import (
    AssignedBy,
    AttendanceSource,
    AttendanceState,
    BlendedViewData,
    MeetingData,
    MeetingMode,
    OwnSittingData,
    SessionData,
    SittingChoiceData,
)
from people import api as people

from .blended_screens import ReaderZones, needs_choice

Door = Literal["none", "cancelled", "early", "open", "closed", "known"]


@dataclass(frozen=True)
class SittingLine:
    """A sitting in words. ``own`` is the reader's own time where it differs; ``seats`` is empty without limit."""

    id: int
    meeting: MeetingData
    when: str
    city_time: str
    own: str
    where: str
    host: str
    seats: str = ""
    refusal: str = ""
    is_mine: bool = False
    is_wished: bool = False

    @property
    def month(self) -> str:
        """Return the month of the date block, as in "Dec"."""
        return date_format(self.meeting.starts_at.astimezone(self.meeting.zone), "M")

    @property
    def day(self) -> int:
        """Return the day of the date block."""
        return self.meeting.starts_at.astimezone(self.meeting.zone).day


@dataclass(frozen=True)
class SessionScreen:
    """The class session for one learner. ``door`` says whether they can check in, ``door_line`` why not or how it went.

    ``must_choose`` is true while they have to choose a sitting before anything else.
    """

    mine: SittingLine | None
    choices: Sequence[SittingLine]
    must_choose: bool
    change_line: str
    door: Door
    door_line: str
    door_note: str
    check_in_url: str
    calendar_url: str
    replay_url: str
    replay_line: str
    may_change: bool
    is_chosen: bool
    is_past: bool


def session_screen(view: BlendedViewData, zones: ReaderZones, now: datetime) -> SessionScreen | None:
    """Return the session of a learner's task; None where the task has none."""
    if view.session is None:
        return None
    own = view.sitting or OwnSittingData(session_id=view.session.id, user_id=0)
    lines = [_choice_line(choice, zones) for choice in view.choices]
    mine = _own_line(own, zones)
    door = _door(own, now)
    return SessionScreen(
        mine=mine,
        choices=lines,
        must_choose=needs_choice(view),
        change_line=_say_change(own, view, zones, now),
        door=door,
        door_line=_say_door(own, door, zones, now, has_choices=bool(lines)),
        door_note=_say_correction(own, zones),
        check_in_url=reverse("discussion_ext:check_in", args=[mine.meeting.uid]) if mine else "",
        calendar_url=_calendar_url(view.session, mine),
        replay_url=own.sitting.replay_url if own.sitting and door == "closed" else "",
        replay_line=_say_replay(view.session.replay_percent),
        may_change=mine is not None and bool(lines) and (_may_change(own, now)),
        is_chosen=view.session.assigned_by == AssignedBy.CHOICE,
        is_past=mine is not None and mine.meeting.ends_at < now,
    )


def _calendar_url(session: SessionData, mine: SittingLine | None) -> str:
    if mine is None or mine.meeting.is_cancelled:
        return ""
    return reverse("discussion_ext:sitting_calendar", args=[str(session.course_key), mine.id])


def _may_change(own: OwnSittingData, now: datetime) -> bool:
    is_cancelled = own.sitting is not None and own.sitting.meeting.is_cancelled
    return is_cancelled or (own.may_change_until is not None and own.may_change_until > now)


def _say_replay(percent: int) -> str:
    """Return how much of the recording counts as having been there; empty where it never does."""
    if not percent:
        return ""
    return _("Watch %(percent)s %% of it, and it counts as if you had been there.") % {"percent": percent}


def _choice_line(choice: SittingChoiceData, zones: ReaderZones) -> SittingLine:
    meeting = choice.sitting.meeting
    return _line(
        choice.sitting.id,
        meeting,
        zones,
        host=choice.host_name,
        seats=say_seats(meeting),
        refusal=choice.refusal,
        is_mine=choice.is_mine,
        is_wished=choice.is_wished,
    )


def _own_line(own: OwnSittingData, zones: ReaderZones) -> SittingLine | None:
    if own.sitting is None:
        return None
    meeting = own.sitting.meeting
    names = people.real_names([meeting.host_id]) if meeting.host_id else {}
    return _line(own.sitting.id, meeting, zones, host=names.get(meeting.host_id or 0, ""), is_mine=True)


def _line(sitting_id: int, meeting: MeetingData, zones: ReaderZones, **rest: object) -> SittingLine:
    local = ReaderZones(shown=meeting.zone, own=zones.own)
    return SittingLine(
        id=sitting_id,
        meeting=meeting,
        when=people.say_stretch(meeting.starts_at, meeting.ends_at, meeting.zone),
        city_time=people.say_zone(meeting.zone),
        own=local.say_own(meeting.starts_at, meeting.ends_at),
        where=say_where(meeting),
        **rest,  # type: ignore[arg-type]
    )


def say_where(meeting: MeetingData) -> str:
    """Return "In the room, Riverside Campus", "Video call" or both."""
    facts = {"place": meeting.place}
    if meeting.mode == MeetingMode.ONLINE:
        return _("Video call")
    if meeting.mode == MeetingMode.HYBRID:
        return _("In the room, %(place)s, or by video call") % facts if meeting.place else _("In the room or online")
    return _("In the room, %(place)s") % facts if meeting.place else _("In the room")


def say_seats(meeting: MeetingData) -> str:
    """Return "7 of 24 seats left" or "Full"; empty without a limit."""
    left = meeting.seats_left
    if left is None:
        return ""
    if left == 0:
        return _("Full")
    message = ngettext("%(left)s of %(count)s seat left", "%(left)s of %(count)s seats left", meeting.capacity)
    return message % {"left": left, "count": meeting.capacity}


def _say_change(own: OwnSittingData, view: BlendedViewData, zones: ReaderZones, now: datetime) -> str:
    if own.may_change_until and own.may_change_until > now:
        return _("You can change until %(moment)s.") % {"moment": zones.say(own.may_change_until)}
    if own.sitting is None and view.session and view.choices:
        return _say_hours(view.session.change_until_hours)
    if own.sitting is not None and view.choices and now < own.sitting.meeting.starts_at:
        return _("It can no longer be changed here. Ask your course team if you cannot come.")
    return ""


def _say_hours(hours: int) -> str:
    if hours and hours % 24 == 0:
        days = hours // 24
        message = ngettext(
            "You can change until %(count)s day before it starts.",
            "You can change until %(count)s days before it starts.",
            days,
        )
        return message % {"count": days}
    message = ngettext(
        "You can change until %(count)s hour before it starts.",
        "You can change until %(count)s hours before it starts.",
        hours,
    )
    return message % {"count": hours} if hours else _("You can change until it starts.")


# -- checking in -------------------------------------------------------------------------------------------------------


def _door(own: OwnSittingData, now: datetime) -> Door:
    if own.attendance is not None and own.attendance.state != AttendanceState.ABSENT:
        return "known"
    if own.sitting is None:
        return "none"
    meeting = own.sitting.meeting
    if meeting.is_cancelled:
        return "cancelled"
    if now < meeting.check_in_from:
        return "early"
    return "open" if now < meeting.check_in_until else "closed"


def _say_door(own: OwnSittingData, door: Door, zones: ReaderZones, now: datetime, *, has_choices: bool) -> str:
    if door == "known":
        return _say_attendance(own)
    if own.sitting is None:
        return _("Choose a class session first.") if has_choices else _("You have no class session yet.")
    meeting = own.sitting.meeting
    if door == "cancelled":
        reason = meeting.cancel_reason
        return (
            _("This class session was cancelled: %(reason)s") % {"reason": reason}
            if reason
            else _("This class session was cancelled.")
        )
    if door == "early":
        facts = {
            "left": zones.say_left(meeting.check_in_from, now),
            "moment": zones.say(meeting.check_in_from),
            "time": people.say_time(meeting.check_in_from, meeting.zone),
        }
        return _("Opens %(left)s, at %(time)s.") % facts
    if door == "closed":
        return _say_closed(meeting, now)
    return ""


def _say_closed(meeting: MeetingData, now: datetime) -> str:
    facts = {
        "closed": people.say_moment(meeting.check_in_until, meeting.zone),
        "until": people.say_moment(meeting.correct_until, meeting.zone),
    }
    if now < meeting.correct_until:
        return (
            _("Check-in closed %(closed)s. If you were there, ask your host, who can add you until %(until)s.") % facts
        )
    return _("Check-in closed %(closed)s. If you were there, ask your course team to correct it.") % facts


def _say_attendance(own: OwnSittingData) -> str:
    known = own.attendance
    assert known is not None  # noqa: S101  asked by the caller
    if known.state == AttendanceState.EXCUSED:
        return _("You are excused from this class session.")
    zone = own.sitting.meeting.zone if own.sitting else None
    time = people.say_time(known.arrived_at, zone) if known.arrived_at and zone else ""
    said = {
        AttendanceSource.CODE: _("You checked in at %(time)s by code."),
        AttendanceSource.SCAN: _("You checked in at %(time)s with the picture."),
        AttendanceSource.TICKET: _("You were let in at %(time)s with your ticket."),
        AttendanceSource.REPLAY: _("You watched the recording."),
    }.get(known.source, _("Your host recorded that you were there."))
    return said % {"time": time}


def _say_correction(own: OwnSittingData, zones: ReaderZones) -> str:
    """Return who corrected what was known, when and why; empty where nobody did."""
    known = own.attendance
    if known is None or known.source != AttendanceSource.CORRECTION:
        return ""
    names = people.real_names([known.recorded_by]) if known.recorded_by else {}
    facts = {
        "name": names.get(known.recorded_by or 0) or _("the course team"),
        "day": people.say_recent(known.recorded_at, zones.own),
        "reason": known.reason,
    }
    corrected: dict[AttendanceState | None, str] = {
        AttendanceState.ABSENT: _("Marked absent at first, corrected by %(name)s, %(day)s: “%(reason)s”."),
        AttendanceState.PRESENT: _("Marked present at first, corrected by %(name)s, %(day)s: “%(reason)s”."),
    }
    return corrected.get(known.corrected_from, _("Recorded by %(name)s, %(day)s: “%(reason)s”.")) % facts
