"""What people attend at a time, who has a seat there, and who came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class MeetingMode(StrEnum):
    """Where people meet."""

    OFFLINE = "offline"
    ONLINE = "online"
    HYBRID = "hybrid"


class AttendanceState(StrEnum):
    """What is known of one person at one meeting."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"


class AttendanceSource(StrEnum):
    """How it became known."""

    CODE = "code"
    SCAN = "scan"
    TICKET = "ticket"
    ROLL = "roll"
    IMPORT = "import"
    REPLAY = "replay"
    CORRECTION = "correction"


class SeatSource(StrEnum):
    """How somebody came by a seat."""

    CHOICE = "choice"
    COHORT = "cohort"
    TEAM = "team"
    IMPORT = "import"
    WALK_IN = "walk_in"


@dataclass(frozen=True, kw_only=True)
class MeetingPlanData:
    """What an organizer decides about a meeting.

    ``starts_local`` is naive: the wall clock in ``zone`` (an IANA name). ``fold`` says which of two equal wall-clock
    moments is meant where the clock is set back, 0 the first and 1 the second; None asks for an answer.
    ``minutes`` is the length, 1 to 2,880. ``capacity`` 0 is no limit.
    """

    title: str
    mode: MeetingMode
    starts_local: datetime
    zone: str
    minutes: int = 60
    fold: int | None = None
    place: str = ""
    link: str = ""
    host_id: int | None = None
    capacity: int = 0


@dataclass(frozen=True, kw_only=True)
class MeetingData:
    """One meeting. Instants are aware, in UTC; ``zone`` is where its wall clock hangs.

    ``check_in_from`` to ``check_in_until`` is when people may check in themselves; until ``correct_until`` its host may
    still correct who came.
    """

    id: int
    key: str
    title: str
    mode: MeetingMode
    place: str
    link: str
    host_id: int | None
    zone: ZoneInfo
    starts_local: datetime
    starts_at: datetime
    ends_at: datetime
    minutes: int
    capacity: int
    seats_taken: int
    is_cancelled: bool
    cancel_reason: str
    uid: str
    sequence: int
    check_in_from: datetime
    check_in_until: datetime
    correct_until: datetime
    cancelled_at: datetime | None = None

    @property
    def seats_left(self) -> int | None:
        """Return how many seats are free, None without a limit."""
        return max(0, self.capacity - self.seats_taken) if self.capacity else None

    @property
    def is_full(self) -> bool:
        """Tell whether nobody more fits in."""
        return self.seats_left == 0


@dataclass(frozen=True, kw_only=True)
class SeatData:
    """One person's seat. ``slot`` is unique: whoever fills it has one seat among all meetings that share it."""

    slot: str
    meeting_id: int
    user_id: int
    source: SeatSource
    taken_at: datetime


@dataclass(frozen=True, kw_only=True)
class AttendanceData:
    """What is known of one person at one meeting; ``reason`` is given where somebody corrected it.

    ``arrived_at`` of a replay is when enough of it was seen. ``corrected_from`` is what was known before a correction,
    None where nothing was.
    """

    meeting_id: int
    user_id: int
    state: AttendanceState
    source: AttendanceSource
    arrived_at: datetime | None
    recorded_at: datetime
    recorded_by: int | None = None
    reason: str = ""
    corrected_from: AttendanceState | None = None


@dataclass(frozen=True, kw_only=True)
class AttendanceChangeData:
    """One entry of the history of an attendance, the newest first where they are listed."""

    state: AttendanceState
    source: AttendanceSource
    at: datetime
    actor_id: int | None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class TickData:
    """One tick of a roll call, perhaps made without network. ``request_key`` makes sending it twice harmless.

    ``made_at`` is the device's clock: it only orders the ticks of one person, never before the last known truth.
    ``ticket`` is what was scanned of a personal ticket and then says who it is, ``user_id`` being 0.
    """

    request_key: str
    user_id: int = 0
    state: AttendanceState
    made_at: datetime
    ticket: str = ""


@dataclass(frozen=True, kw_only=True)
class TickResultData:
    """What became of a tick: ``saved``, ``known`` (sent before), ``older`` (a later one holds) or ``refused``.

    A ticket of somebody who is in is ``already``. ``user_id`` is None for a ticket that is none.
    """

    request_key: str
    outcome: str
    attendance: AttendanceData | None = None
    message: str = ""
    user_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class CodeData:
    """The rotating check-in code: six digits, and for how many seconds it is shown."""

    code: str
    seconds_left: int
    every_seconds: int = 30


@dataclass(frozen=True, kw_only=True)
class WhatNextData:
    """What the check-in page says to one person: sentences, and addresses where there is one.

    ``counts`` says what being here counts for ("Counts for \"Attend\", 25 % of the task."), ``next`` what follows.
    ``replay`` is what an absent person can do instead. ``calendar_url`` is a file with the next due date.
    """

    counts: str = ""
    next: str = ""
    back_url: str = ""
    back_label: str = ""
    calendar_url: str = ""
    host_url: str = ""
    replay_url: str = ""
    replay: str = ""


@dataclass(frozen=True, kw_only=True)
class CalendarEntryData:
    """One entry of a calendar. Calendars are shared: nothing personal and no secret stands in it.

    ``uid`` stays for ever, ``sequence`` rises with every change of time or place; ``starts_at`` and ``ends_at`` are
    instants that are written as the wall clock of ``zone``.
    """

    uid: str
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    changed_at: datetime
    place: str = ""
    link: str = ""
    text: str = ""
    is_cancelled: bool = False
