"""Class sessions and their sittings.

Callers are trusted: they have asked ``permissions`` before. The acting person always arrives as an id.
"""

from discussion_ext.sessions.calendars import (
    calendar_url,
    draw_calendar,
    draw_sitting,
    make_calendar_token,
    read_calendar_token,
    register_calendar_source,
    renew_calendar,
)
from discussion_ext.sessions.changes import await_people
from discussion_ext.sessions.choices import choose_sitting, leave_sitting, list_choices, unwish_seat, wish_seat
from discussion_ext.sessions.exceptions import (
    SeatRefusedError,
    SessionError,
    SessionNotFoundError,
    SittingNotFoundError,
    TableError,
    TableExpiredError,
)
from discussion_ext.sessions.import_kinds import COLUMNS, ImportData, ImportKind
from discussion_ext.sessions.import_words import describe
from discussion_ext.sessions.imports import confirm_file, discard_file, find_file, read_file
from discussion_ext.sessions.lessons import (
    change_session,
    ensure_session,
    find_session,
    get_session,
    has_sessions,
    list_sessions,
)
from discussion_ext.sessions.news import my_sessions_path
from discussion_ext.sessions.owner import register_what_next
from discussion_ext.sessions.placing import assign, leave_learner, place_learners, take_place
from discussion_ext.sessions.replays import take_replays
from discussion_ext.sessions.sittings import (
    add_sitting,
    cancel_sitting,
    change_sitting,
    get_sitting,
    list_sittings,
    list_sittings_of_block,
    restore_sitting,
)
from discussion_ext.sessions.standing import cut_off, find_own_sitting, find_own_sittings
from discussion_ext.sessions.tables import MOST_BYTES, write_line
from discussion_ext.sessions.wishes import count_wishes

__all__ = [
    "COLUMNS",
    "MOST_BYTES",
    "ImportData",
    "ImportKind",
    "SeatRefusedError",
    "SessionError",
    "SessionNotFoundError",
    "SittingNotFoundError",
    "TableError",
    "TableExpiredError",
    "add_sitting",
    "assign",
    "await_people",
    "calendar_url",
    "cancel_sitting",
    "change_session",
    "change_sitting",
    "choose_sitting",
    "confirm_file",
    "count_wishes",
    "cut_off",
    "describe",
    "discard_file",
    "draw_calendar",
    "draw_sitting",
    "ensure_session",
    "find_file",
    "find_own_sitting",
    "find_own_sittings",
    "find_session",
    "get_session",
    "get_sitting",
    "has_sessions",
    "leave_learner",
    "leave_sitting",
    "list_choices",
    "list_sessions",
    "list_sittings",
    "list_sittings_of_block",
    "make_calendar_token",
    "my_sessions_path",
    "place_learners",
    "read_calendar_token",
    "read_file",
    "register_calendar_source",
    "register_what_next",
    "renew_calendar",
    "restore_sitting",
    "take_place",
    "take_replays",
    "unwish_seat",
    "wish_seat",
    "write_line",
]
