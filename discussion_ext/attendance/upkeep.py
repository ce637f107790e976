"""What attendance needs to run well: its share of exports, retention, ranges and jobs."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any, Final

from discussion_ext.models import Attendance, AttendanceChange, Seat
from people import api as people
from people.data import JobData, JobStepData, RangeData

from . import retirement
from .meetings import list_out_of_time, retime_meeting
from .seats import find_miscounted, recount_seats

_DAY_MINUTES: Final = 24 * 60
_CENTURY_DAYS: Final = 36_500
_MONTH_SECONDS: Final = 31 * 24 * 3600
_SEATS: Final = "miscounted meetings"
_CLOCKS: Final = "meetings whose clocks have changed"


def register() -> None:
    """Make it known; called once, when the app is ready."""
    people.register_ranges(RANGES)
    people.register_job(REPAIR)
    people.register_retention(
        "attendance",
        setting="DISCUSSION_EXT_ATTENDANCE_KEEP_DAYS",
        says="Deletes the history of who was at meetings, with the reasons; who was there stays.",
        find=retirement.find_old_changes,
        act=retirement.delete_changes,
    )
    _register_exports()


def repair_meetings(*, resume: Mapping[str, Any] | None = None) -> Generator[JobStepData, None, None]:
    """Recount seats and put meetings at the time that their wall clock means by today's rules, batch by batch."""
    part, after = (resume["part"], resume["after"]) if resume else (_SEATS, 0)
    while part == _SEATS:
        last, differing = recount_seats(after=after)
        part, after = (_SEATS, last) if last else (_CLOCKS, 0)
        yield JobStepData(counts={_SEATS: differing}, cursor={"part": part, "after": after})
    while True:
        after, moved = list_out_of_time(after=after)
        if not after:
            return
        counts = {_CLOCKS: sum(map(retime_meeting, moved))}
        yield JobStepData(counts=counts, cursor={"part": part, "after": after})


def look_at_meetings() -> Mapping[str, int]:
    """Count what would be mended."""
    counts, after = {_SEATS: find_miscounted().count(), _CLOCKS: 0}, 0
    while True:
        after, moved = list_out_of_time(after=after)
        if not after:
            return counts
        counts[_CLOCKS] += len(moved)


def _register_exports() -> None:
    people.register_export(
        "discussion_ext.meetings",
        title="Meetings you host or cancelled",
        model="discussion_ext.Meeting",
        columns={
            "id": "Number",
            "key": "Belongs to",
            "title": "Title",
            "starts_at": "Starts at",
            "zone": "Time zone",
            "place": "Place",
            "is_host": "You are its host",
            "cancelled_at": "Cancelled by you at",
            "cancel_reason": "Why you cancelled it",
        },
        rows=_list_meetings,
    )
    people.register_export(
        "discussion_ext.seats",
        title="Your seats at meetings",
        model="discussion_ext.Seat",
        columns={"meeting_id": "Meeting", "slot": "Seat", "source": "How you came by it", "taken_at": "Since"},
        rows=lambda user_id: Seat.objects.filter(user_id=user_id, meeting__isnull=False).order_by("pk"),
    )
    people.register_export(
        "discussion_ext.attendance",
        title="Meetings you were at",
        model="discussion_ext.Attendance",
        columns={
            "meeting_id": "Meeting",
            "state": "State",
            "source": "How it is known",
            "arrived_at": "Arrived at",
            "recorded_at": "Recorded at",
            "reason": "Reason of a correction",
            "corrected_from": "Before the correction",
        },
        rows=lambda user_id: Attendance.objects.filter(user_id=user_id).exclude(state="").order_by("pk"),
    )
    people.register_export(
        "discussion_ext.attendance_changes",
        title="History of your attendance",
        model="discussion_ext.AttendanceChange",
        columns={
            "meeting_id": "Meeting",
            "state": "State",
            "source": "How it became known",
            "as_of": "True as of",
            "at": "Recorded at",
            "reason": "Reason",
        },
        rows=lambda user_id: AttendanceChange.objects.filter(user_id=user_id).order_by("pk"),
    )


def _list_meetings(user_id: int) -> Iterator[Mapping[str, Any]]:
    for meeting in retirement.list_hosted(user_id).iterator():
        is_canceller = meeting.cancelled_by == user_id
        yield {
            "id": meeting.pk,
            "key": meeting.key,
            "title": meeting.title,
            "starts_at": meeting.starts_at,
            "zone": meeting.zone,
            "place": meeting.place,
            "is_host": meeting.host_id == user_id,
            "cancelled_at": meeting.cancelled_at if is_canceller else None,
            "cancel_reason": meeting.cancel_reason if is_canceller else "",
        }


REPAIR: Final = JobData(
    name="discussion_ext.repair_meetings",
    says="Recounts the seats of meetings, and moves those whose country has changed its clocks.",
    work=repair_meetings,
    look=look_at_meetings,
    limit=None,
    is_resumable=True,
    seconds=people.LONG_SECONDS,
)
RANGES: Final = (
    RangeData.whole("DISCUSSION_EXT_CHECK_IN_BEFORE_MINUTES", 0, _DAY_MINUTES),
    RangeData.whole("DISCUSSION_EXT_CHECK_IN_AFTER_MINUTES", 1, 2 * _DAY_MINUTES),
    RangeData.whole("DISCUSSION_EXT_ROLL_DAYS", 0, 366),
    RangeData.pace("DISCUSSION_EXT_CHECK_IN_LIMIT"),
    RangeData.pace("DISCUSSION_EXT_WRONG_CODES_LIMIT"),
    RangeData.pace("DISCUSSION_EXT_ROLL_LIMIT"),
    RangeData.whole("DISCUSSION_EXT_ATTENDANCE_KEEP_DAYS", 0, _CENTURY_DAYS),
    RangeData.number("DISCUSSION_EXT_REPAIR_MEETINGS_EVERY_SECONDS", 0, _MONTH_SECONDS),
)
