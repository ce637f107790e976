"""Who came to events of chapters, what they said of them, and what is left. Instants are aware, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from discussion_ext.data import AttendanceState

from .events import EventData, EventMailAudience, Presence, RsvpData

__all__ = [
    "AttendeeData",
    "AttendeePage",
    "AwaitedResultData",
    "ChapterPointsData",
    "EventMailData",
    "EventResultData",
    "PresenceData",
    "PresencePage",
    "PresenceRequestData",
    "ResultCardData",
    "ResultChangeData",
    "ResultPage",
    "ShowRateData",
    "SurveyData",
    "SurveySummaryData",
]


@dataclass(frozen=True, kw_only=True)
class AttendeeData:
    """Somebody on an event's list as its hosts see it; ``answers`` are pairs of question and answer."""

    rsvp: RsvpData
    name: str
    answers: tuple[tuple[str, str], ...] = ()
    attendance: AttendanceState | None = None
    presence: Presence = Presence.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class AttendeePage:
    """A page of attendees; ``cursor`` leads to the next one, empty on the last."""

    attendees: tuple[AttendeeData, ...]
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class PresenceData:
    """What is known of one person at one event. ``counts_until`` is when a no-show is forgotten."""

    event_id: int
    user_id: int
    presence: Presence
    arrived_at: datetime | None = None
    reason: str = ""
    counts_until: datetime | None = None
    has_asked: bool = False


@dataclass(frozen=True, kw_only=True)
class PresencePage:
    """Somebody's past events, the latest first; ``cursor`` leads to the next page, empty on the last."""

    presences: tuple[PresenceData, ...]
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class PresenceRequestData:
    """Somebody who says that they were there. ``is_accepted`` is None while it waits; ``answer`` is what was said."""

    id: int
    event_id: int
    user_id: int
    text: str
    asked_at: datetime
    is_accepted: bool | None = None
    answer: str = ""
    answered_at: datetime | None = None
    answered_by: int | None = None


@dataclass(frozen=True, kw_only=True)
class ShowRateData:
    """How many of those with a seat came, in events where attendance was taken. ``rate`` None where too few are known.

    ``overbook`` is how many seats more than ``capacity`` could be given so that as many come as fit, 0 for no hint.
    """

    events: int
    seats: int
    came: int
    rate: float | None = None
    overbook: int = 0


@dataclass(frozen=True, kw_only=True)
class SurveyData:
    """One answer to the survey after an event: ``rating`` 1 to 5, ``useful`` what they take with them."""

    rating: int
    useful: str = ""
    better: str = ""


@dataclass(frozen=True, kw_only=True)
class SurveySummaryData:
    """What a survey says. With fewer than the least number of answers only ``answers`` is given."""

    answers: int
    asked: int
    rating: float | None = None
    useful: tuple[str, ...] = ()
    better: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EventResultData:
    """What came of an event, in Markdown. ``published_at`` None is a draft; ``due_at`` is when it is asked for."""

    event_id: int
    text: str
    author_id: int | None
    published_at: datetime | None
    changed_at: datetime | None
    due_at: datetime
    revision: int = 0


@dataclass(frozen=True, kw_only=True)
class ResultChangeData:
    """One entry of a result's history, the newest first: who changed it when, and whether that published it."""

    at: datetime
    actor_id: int | None
    is_publishing: bool


@dataclass(frozen=True, kw_only=True)
class ResultCardData:
    """A published result in a list, with the event it came of."""

    event: EventData
    result: EventResultData


@dataclass(frozen=True, kw_only=True)
class ResultPage:
    """A page of published results, of the latest event first; ``cursor`` leads to the next one, empty on the last."""

    results: tuple[ResultCardData, ...]
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class AwaitedResultData:
    """An event whose result waits to be published: until when it should be, how many came, whether there is a draft."""

    event: EventData
    due_at: datetime
    came: int
    has_draft: bool


@dataclass(frozen=True, kw_only=True)
class EventMailData:
    """A letter of organizers to people of an event. ``sent`` and ``skipped`` count people, once ``finished_at`` is set.

    Skipped are those who stopped such mail of the chapter, or whose account is not in use.
    """

    id: int
    event_id: int
    author_id: int | None
    audience: EventMailAudience
    subject: str
    body: str
    created_at: datetime
    sent: int = 0
    skipped: int = 0
    finished_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ChapterPointsData:
    """Somebody's points for events of all their chapters, and the latest lines: title, address, points and moment."""

    points: int
    level: int
    level_title: str
    latest: tuple[tuple[str, str, int, datetime], ...] = ()
