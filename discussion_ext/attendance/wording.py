"""Attendance in words, on the clock of the place."""

from __future__ import annotations

from django.utils.translation import gettext as _

from discussion_ext.data import AttendanceData, AttendanceSource, AttendanceState, MeetingData
from people import api as people


def say_attendance(attendance: AttendanceData | None, meeting: MeetingData) -> str:
    """Return when somebody came and how that became known ("18:57, by code"), or what else is known."""
    if attendance is None:
        return _("Not yet")
    if attendance.source is AttendanceSource.CORRECTION:
        return _CORRECTED[attendance.state]() % {"reason": attendance.reason or _("reason no longer kept")}
    if attendance.state is AttendanceState.EXCUSED:
        return _("Excused")
    if attendance.state is AttendanceState.ABSENT or attendance.arrived_at is None:
        return _("Not here")
    values = {"time": people.say_time(attendance.arrived_at, meeting.zone)}
    if attendance.source is AttendanceSource.REPLAY:
        return _("Watched the replay, %(day)s") % {
            "day": people.say_day(attendance.arrived_at.astimezone(meeting.zone).date())
        }
    return _PRESENT[attendance.source]() % values


def say_recorded(attendance: AttendanceData, meeting: MeetingData, *, by: str) -> str:
    """Return when somebody came and who let them in ("19:04, by Wanjiru Kamau"), for a host at the door.

    ``by`` is the name of who recorded it. Where that was nobody but the person, it is said how they came in.
    """
    is_own = attendance.recorded_by in (None, attendance.user_id)
    is_plain = attendance.source in (AttendanceSource.TICKET, AttendanceSource.ROLL)
    if is_own or not by or not is_plain or attendance.arrived_at is None:
        return say_attendance(attendance, meeting)
    values = {"time": people.say_time(attendance.arrived_at, meeting.zone), "name": by}
    return _("%(time)s, by %(name)s") % values


def say_where(meeting: MeetingData) -> str:
    """Return where a meeting is: its place, or that it is online."""
    return meeting.place or (_("online") if meeting.link else "")


_PRESENT = {
    AttendanceSource.CODE: lambda: _("%(time)s, by code"),
    AttendanceSource.SCAN: lambda: _("%(time)s, by scanning"),
    AttendanceSource.TICKET: lambda: _("%(time)s, by ticket"),
    AttendanceSource.ROLL: lambda: _("%(time)s, by the host"),
    AttendanceSource.IMPORT: lambda: _("Here, from an imported list"),
}
_CORRECTED = {
    AttendanceState.PRESENT: lambda: _("Here, corrected: %(reason)s"),
    AttendanceState.ABSENT: lambda: _("Not here, corrected: %(reason)s"),
    AttendanceState.EXCUSED: lambda: _("Excused: %(reason)s"),
}
