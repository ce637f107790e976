"""Tables of this app, by noun. Keys between them are no constraints in the database, as in ``discussion_ext.models``.

Rows are locked in one order: chapter, membership (by id), term, ban, standing, series, event (by id), answer
to an event (by id); a meeting of ``discussion_ext`` after its event.
"""

from .chapters import Chapter, ChapterRule, Region, RuleCourse
from .courses import CourseSwitch
from .events import (
    Event,
    EventHost,
    EventMail,
    EventNotice,
    EventQuestion,
    EventResult,
    EventSeries,
    EventTemplate,
    EventUnit,
)
from .members import Ban, Greeting, Invitation, JoinAnswer, JoinQuestion, Membership, MemberWord, Standing
from .organizers import Concern, ConcernNote, ConcernSubject, Term
from .rsvps import EventAnswer, EventCredit, EventSurvey, PresenceRequest, Rsvp, SeriesRsvp

__all__ = [
    "Ban",
    "Chapter",
    "ChapterRule",
    "Concern",
    "ConcernNote",
    "ConcernSubject",
    "CourseSwitch",
    "Event",
    "EventAnswer",
    "EventCredit",
    "EventHost",
    "EventMail",
    "EventNotice",
    "EventQuestion",
    "EventResult",
    "EventSeries",
    "EventSurvey",
    "EventTemplate",
    "EventUnit",
    "Greeting",
    "Invitation",
    "JoinAnswer",
    "JoinQuestion",
    "MemberWord",
    "Membership",
    "PresenceRequest",
    "Region",
    "Rsvp",
    "RuleCourse",
    "SeriesRsvp",
    "Standing",
    "Term",
]
