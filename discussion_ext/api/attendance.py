"""Meetings, seats and who came: what chapters' events and class sessions share.

Callers are trusted: they have asked ``permissions`` before. The acting person always arrives as an id.
"""

from discussion_ext.attendance.calendars import render_calendar
from discussion_ext.attendance.check_in import check_in, current_code, draw_check_in_qr
from discussion_ext.attendance.exceptions import (
    CapacityError,
    CheckInClosedError,
    MeetingCancelledError,
    MeetingError,
    MeetingExistsError,
    MeetingFullError,
    MeetingNotFoundError,
    NoSeatError,
    NotHostError,
    SeatChangedError,
    SeatTakenError,
    TooManyTriesError,
    WallClockError,
    WrongCodeError,
)
from discussion_ext.attendance.meetings import (
    cancel_meeting,
    change_meeting,
    check_plan,
    create_meeting,
    find_meeting,
    find_meeting_by_uid,
    get_meeting,
    get_meetings,
    restore_meeting,
)
from discussion_ext.attendance.owners import MeetingOwner, owner_of, register_owner
from discussion_ext.attendance.records import count_attendance, find_attendance, list_attendance, list_changes
from discussion_ext.attendance.roll import correct_attendance, import_attendance, mark_replay, record_roll
from discussion_ext.attendance.seats import (
    claim_seat,
    count_seats,
    find_seats,
    free_seat,
    has_seat,
    list_seats,
    list_seats_of,
    move_seat,
    recount_seats,
)
from discussion_ext.attendance.wall_clocks import find_zone, list_zones, shift_days, to_instant

__all__ = [
    "CapacityError",
    "CheckInClosedError",
    "MeetingCancelledError",
    "MeetingError",
    "MeetingExistsError",
    "MeetingFullError",
    "MeetingNotFoundError",
    "MeetingOwner",
    "NoSeatError",
    "NotHostError",
    "SeatChangedError",
    "SeatTakenError",
    "TooManyTriesError",
    "WallClockError",
    "WrongCodeError",
    "cancel_meeting",
    "change_meeting",
    "check_in",
    "check_plan",
    "claim_seat",
    "correct_attendance",
    "count_attendance",
    "count_seats",
    "create_meeting",
    "current_code",
    "draw_check_in_qr",
    "find_attendance",
    "find_meeting",
    "find_meeting_by_uid",
    "find_seats",
    "find_zone",
    "free_seat",
    "get_meeting",
    "get_meetings",
    "has_seat",
    "import_attendance",
    "list_attendance",
    "list_changes",
    "list_seats",
    "list_seats_of",
    "list_zones",
    "mark_replay",
    "move_seat",
    "owner_of",
    "record_roll",
    "recount_seats",
    "register_owner",
    "render_calendar",
    "restore_meeting",
    "shift_days",
    "to_instant",
]
