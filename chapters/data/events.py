"""Events of chapters: what is planned, in which series, and who says that they come. Instants are aware, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from discussion_ext.data import CalendarEntryData, MeetingMode, TopicKind

from .members import QuestionKind

__all__ = [
    "SEATED",
    "AccessFact",
    "EventAct",
    "EventCalendarData",
    "EventCardData",
    "EventData",
    "EventMailAudience",
    "EventOpenTo",
    "EventPage",
    "EventPlanData",
    "EventQuestionData",
    "EventState",
    "EventTemplateData",
    "EventUnitData",
    "EventWhen",
    "OccurrenceData",
    "PreparationData",
    "Presence",
    "RsvpData",
    "RsvpDraftData",
    "RsvpSource",
    "RsvpState",
    "SeatsData",
    "SeriesChangeData",
    "SeriesData",
    "SeriesFrequency",
    "SeriesRuleData",
    "SeriesScope",
]


class EventState(StrEnum):
    """Where an event is. Whether it is over follows from its end."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class EventOpenTo(StrEnum):
    """Who may come to an event: any account, members, or members who take or completed a course."""

    ANYONE = "anyone"
    MEMBERS = "members"
    LEARNERS = "learners"
    ALUMNI = "alumni"


class EventAct(StrEnum):
    """Everything that somebody may be allowed to do with one event; `decide_event` answers."""

    SEE = "see"
    SEE_PLACE = "see_place"
    SEE_LINK = "see_link"
    SEE_RESULT = "see_result"
    ANSWER = "answer"
    HOST = "host"
    CHECK_IN = "check_in"
    SEE_ATTENDEES = "see_attendees"
    MANAGE_ATTENDEES = "manage_attendees"
    MAIL = "mail"
    WRITE_RESULT = "write_result"
    EXPORT = "export"
    EDIT = "edit"
    PUBLISH = "publish"
    CANCEL = "cancel"
    RESTORE = "restore"
    DELETE = "delete"
    SAVE_TEMPLATE = "save_template"


class EventWhen(StrEnum):
    """Which events a list holds."""

    COMING = "coming"
    PAST = "past"


class AccessFact(StrEnum):
    """What a venue or a call offers to people who need it."""

    STEP_FREE = "step_free"
    LIFT = "lift"
    TOILET = "toilet"
    HEARING_LOOP = "hearing_loop"
    CAPTIONS = "captions"
    SIGN_LANGUAGE = "sign_language"
    QUIET_ROOM = "quiet_room"
    MATERIALS_AHEAD = "materials_ahead"
    PARKING = "parking"


class SeriesFrequency(StrEnum):
    """How the dates of a series follow each other."""

    WEEKLY = "weekly"
    TWO_WEEKLY = "two_weekly"
    MONTHLY_WEEKDAY = "monthly_weekday"
    MONTHLY_LAST_DAY = "monthly_last_day"


class SeriesScope(StrEnum):
    """Which dates of a series a change or an answer is for."""

    THIS = "this"
    FOLLOWING = "following"


class RsvpState(StrEnum):
    """What somebody's answer to one event has come to. Seats are held by those of `SEATED`."""

    PENDING = "pending"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    GOING = "going"
    NOT_COMING = "not_coming"
    CANCELLED = "cancelled"
    PASSED = "passed"
    LAPSED = "lapsed"
    DECLINED = "declined"
    REMOVED = "removed"


#: States that take up seats: an offer holds its seat until it is answered or lapses.
SEATED = frozenset({RsvpState.GOING, RsvpState.OFFERED})


class RsvpSource(StrEnum):
    """How an answer came about."""

    SELF = "self"
    SERIES = "series"
    ORGANIZER = "organizer"
    WALK_IN = "walk_in"


class Presence(StrEnum):
    """What is known of whether somebody came. Nobody is a no-show where nobody took attendance."""

    ATTENDED = "attended"
    NO_SHOW = "no_show"
    CANCELLED_LATE = "cancelled_late"
    EXCUSED = "excused"
    UNKNOWN = "unknown"


class EventMailAudience(StrEnum):
    """To whom organizers write."""

    GOING = "going"
    WAITING = "waiting"
    CAME = "came"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class EventQuestionData:
    """A question to those who come. ``id`` is None for one that is new; ``choices`` are for QuestionKind.CHOICE."""

    id: int | None = None
    kind: QuestionKind = QuestionKind.LINE
    text: str
    choices: tuple[str, ...] = ()
    is_needed: bool = False


@dataclass(frozen=True, kw_only=True)
class EventUnitData:
    """A unit of a course to prepare with: ``usage_key`` as text, ``minutes`` it takes about (0: not said)."""

    usage_key: str
    title: str = ""
    minutes: int = 0


@dataclass(frozen=True, kw_only=True)
class PreparationData:
    """A unit to prepare with as a reader sees it: where it opens, and when they finished it, else None."""

    unit: EventUnitData
    url: str
    finished_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class EventPlanData:
    """Everything that organizers fill in of an event.

    ``starts_local`` is naive, the wall clock in ``zone`` (IANA); ``fold`` as in MeetingPlanData. Capacities of 0 are no
    limit; that of a mode which the event has not is ignored. ``opens_days`` before the start answers are taken (None:
    at once), until ``closes_minutes`` before it. ``guests_most`` is how many people each may bring, 0 to 5.
    ``offer_hours`` is how long a seat is kept for who is next in line (None: the site's default). ``link_minutes``
    before the start the link is shown to those who come online. ``agenda`` has a line per step.
    """

    title: str
    starts_local: datetime
    zone: str
    minutes: int = 120
    fold: int | None = None
    mode: MeetingMode = MeetingMode.OFFLINE
    open_to: EventOpenTo = EventOpenTo.MEMBERS
    kind: TopicKind | None = None
    languages: tuple[str, ...] = ()
    summary: str = ""
    description: str = ""
    agenda: str = ""
    place: str = ""
    place_hint: str = ""
    is_place_hidden: bool = False
    link: str = ""
    link_minutes: int = 15
    access_facts: frozenset[AccessFact] = frozenset()
    access_note: str = ""
    host_ids: tuple[int, ...] = ()
    room_capacity: int = 0
    online_capacity: int = 0
    guests_most: int = 0
    needs_approval: bool = False
    has_waitlist: bool = True
    offer_hours: int | None = None
    opens_days: int | None = None
    closes_minutes: int = 0
    questions: tuple[EventQuestionData, ...] = ()
    units: tuple[EventUnitData, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SeatsData:
    """Seats of one mode of an event. ``taken`` counts guests and kept seats; capacity 0 is no limit."""

    mode: MeetingMode
    capacity: int
    taken: int

    @property
    def left(self) -> int | None:
        """Return how many are free, None without a limit."""
        return max(0, self.capacity - self.taken) if self.capacity else None

    @property
    def is_full(self) -> bool:
        """Tell whether nobody more fits in."""
        return self.left == 0


@dataclass(frozen=True, kw_only=True)
class EventData:
    """One event, as everybody is given it; what may be shown to whom is decided at the edge.

    ``uid`` is its UID in calendars and ``sequence`` rises with every change of time, place or state. ``occurrence`` is
    the date that the rule of its series gave it. ``seats`` has one entry for a mode (OFFLINE before ONLINE).
    ``waiting`` counts people in line. ``revision`` rises with every change, for two who edit at once.
    """

    id: int
    chapter_id: int
    series_id: int | None
    occurrence: date | None
    is_changed_apart: bool
    meeting_id: int
    uid: str
    sequence: int
    state: EventState
    title: str
    mode: MeetingMode
    open_to: EventOpenTo
    kind: TopicKind | None
    languages: tuple[str, ...]
    summary: str
    description: str
    agenda: str
    zone: ZoneInfo
    starts_local: datetime
    starts_at: datetime
    ends_at: datetime
    minutes: int
    place: str
    place_hint: str
    is_place_hidden: bool
    link: str
    link_minutes: int
    access_facts: frozenset[AccessFact]
    access_note: str
    host_ids: tuple[int, ...]
    seats: tuple[SeatsData, ...]
    waiting: int
    guests_most: int
    needs_approval: bool
    has_waitlist: bool
    offer_hours: int | None
    opens_at: datetime | None
    closes_at: datetime
    cancel_reason: str
    cancelled_at: datetime | None
    published_at: datetime | None
    changed_at: datetime
    revision: int
    #: When the result was published, None while it is not.
    result_at: datetime | None = None
    #: When it would have begun before it was moved last, None where it was not moved since it was published.
    moved_from: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Tell whether it has ended."""
        return self.ends_at <= now

    @property
    def is_cancelled(self) -> bool:
        """Tell whether it was called off."""
        return self.state is EventState.CANCELLED

    @property
    def is_full(self) -> bool:
        """Tell whether no mode has a free seat."""
        return all(each.is_full for each in self.seats)

    def seats_of(self, mode: MeetingMode) -> SeatsData | None:
        """Return the seats of a mode (OFFLINE or ONLINE), None for one that the event has not."""
        return next((each for each in self.seats if each.mode is mode), None)


@dataclass(frozen=True, kw_only=True)
class EventCardData:
    """An event in a list, with the reader's own answer and presence where they have one. ``came`` after it is over."""

    event: EventData
    rsvp: RsvpData | None = None
    presence: Presence = Presence.UNKNOWN
    came: int | None = None


@dataclass(frozen=True, kw_only=True)
class EventPage:
    """A page of events; ``cursor`` leads to the next one, empty on the last."""

    events: tuple[EventCardData, ...]
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class EventTemplateData:
    """What an event can begin with. ``chapter_id`` None is for every chapter.

    ``plan`` names no hosts, and of ``plan.starts_local`` only the time of day counts.
    """

    id: int
    chapter_id: int | None
    name: str
    plan: EventPlanData


@dataclass(frozen=True, kw_only=True)
class SeriesRuleData:
    """How the dates of a series follow from the first one, which is ``starts_on``.

    MONTHLY_WEEKDAY takes the weekday of ``starts_on`` and ``ordinal``: 1 to 4, or -1 for the last one of the month.
    Exactly one of ``until`` (the last day) and ``count`` (2 to 60 dates) is given: no series is endless.
    """

    frequency: SeriesFrequency
    starts_on: date
    at: time
    ordinal: int = 1
    until: date | None = None
    count: int | None = None

    @property
    def end(self) -> str:
        """Return its end as a form carries it, to tell one extension from the next."""
        return self.until.isoformat() if self.until else str(self.count or "")


@dataclass(frozen=True, kw_only=True)
class OccurrenceData:
    """One date of a series before it is made; ``note`` says what is special (clocks change, moved by an hour)."""

    starts_local: datetime
    starts_at: datetime
    fold: int | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SeriesData:
    """A series. ``sentence`` says its rule in the reader's language; ``dates`` are its events in order."""

    id: int
    chapter_id: int
    title: str
    rule: SeriesRuleData
    sentence: str
    skipped: tuple[date, ...] = ()
    dates: tuple[EventCardData, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SeriesChangeData:
    """What a change of *this and following* reaches: ``changed`` as they are then, the date it was made on first.

    ``left_alone`` are later dates that somebody had changed apart from the others: each is changed by itself.
    """

    changed: tuple[EventData, ...]
    left_alone: tuple[EventData, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EventCalendarData:
    """What stands in a calendar that other programs read, in ``language``. It is shared: no secret stands in it."""

    name: str
    language: str
    entries: tuple[CalendarEntryData, ...]


@dataclass(frozen=True, kw_only=True)
class RsvpDraftData:
    """What somebody answers: how they come, with how many guests, what they need, and answers by question id."""

    mode: MeetingMode = MeetingMode.OFFLINE
    guests: int = 0
    needs_step_free: bool = False
    needs_note: str = ""
    answers: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class RsvpData:
    """Somebody's answer to one event.

    ``place_in_line`` (from 1) and ``waits_why`` are given to who waits, where it was asked for. ``offer_until`` is when
    an offer lapses. ``must_answer`` is true after the event was moved and the person has not said that they come then.
    ``overlaps`` says, to who asks for one answer, at which other event they have a seat at that time.
    """

    id: int
    event_id: int
    user_id: int
    state: RsvpState
    mode: MeetingMode
    guests: int
    source: RsvpSource
    needs_step_free: bool = False
    needs_note: str = ""
    queued_at: datetime | None = None
    offer_until: datetime | None = None
    state_at: datetime
    note: str = ""
    must_answer: bool = False
    place_in_line: int | None = None
    waits_why: str = ""
    overlaps: str = ""

    @property
    def has_seat(self) -> bool:
        """Tell whether a seat is theirs."""
        return self.state is RsvpState.GOING

    @property
    def is_in_room(self) -> bool:
        """Tell whether a seat in the room is theirs: who joins a call needs no address."""
        return self.has_seat and self.mode is MeetingMode.OFFLINE
