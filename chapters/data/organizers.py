"""Who runs a chapter, what each may do, and reports that go past them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

__all__ = [
    "ORGANIZER_ROLES",
    "Action",
    "ChapterRole",
    "ConcernData",
    "ConcernKind",
    "ConcernNoteData",
    "ConcernPage",
    "ConcernState",
    "EndReason",
    "TermData",
]


class ChapterRole(StrEnum):
    """What somebody is in a chapter, beside being its member."""

    LEAD = "lead"
    CO_ORGANIZER = "co_organizer"
    HOST = "host"
    CHECK_IN = "check_in"
    MODERATOR = "moderator"


#: Roles that run a chapter: the last person with one of them cannot just go.
ORGANIZER_ROLES = frozenset({ChapterRole.LEAD, ChapterRole.CO_ORGANIZER})


class Action(StrEnum):
    """Everything that somebody may be allowed to do with a chapter."""

    SEE = "see"
    SEE_MEMBERS = "see_members"
    JOIN = "join"
    LEAVE = "leave"
    EDIT_INTRODUCTION = "edit_introduction"
    SAY_HELLO = "say_hello"
    READ_BOARD = "read_board"
    START_TOPIC = "start_topic"
    REPLY = "reply"
    REACT = "react"
    REPORT_POST = "report_post"
    MODERATE = "moderate"
    EDIT_CHAPTER = "edit_chapter"
    EDIT_RULES = "edit_rules"
    EDIT_QUESTIONS = "edit_questions"
    REVIEW_REQUESTS = "review_requests"
    SEE_DESK = "see_desk"
    GRANT_STANDING = "grant_standing"
    REMOVE_MEMBER = "remove_member"
    BAN = "ban"
    ANSWER_APPEAL = "answer_appeal"
    APPEAL = "appeal"
    EXPORT_MEMBERS = "export_members"
    SEE_LEAVING = "see_leaving"
    SEE_AUDIT = "see_audit"
    GIVE_ROLE = "give_role"
    GIVE_LEAD = "give_lead"
    STEP_DOWN = "step_down"
    HAND_OVER = "hand_over"
    HAND_BACK = "hand_back"
    SEE_EVENTS = "see_events"
    ATTEND_EVENT = "attend_event"
    DRAFT_EVENT = "draft_event"
    PUBLISH_EVENT = "publish_event"
    RUN_EVENT = "run_event"
    CHECK_IN_PEOPLE = "check_in_people"
    REPORT_CONCERN = "report_concern"
    HANDLE_CONCERNS = "handle_concerns"
    MANAGE = "manage"
    MEET_IN_PERSON = "meet_in_person"
    OPEN_PROFILE = "open_profile"


class EndReason(StrEnum):
    """Why a term ended."""

    STEPPED_DOWN = "stepped_down"
    HANDED_OVER = "handed_over"
    HANDED_BACK = "handed_back"
    EXPIRED = "expired"
    REPLACED = "replaced"
    REMOVED = "removed"
    LEFT = "left"
    RETIRED = "retired"


@dataclass(frozen=True, kw_only=True)
class TermData:
    """Somebody's time in a role. ``ends_on`` is the last day agreed, in the chapter's zone.

    ``ended_at`` is when it ended, None while it lasts.
    """

    id: int
    chapter_id: int
    user_id: int
    role: ChapterRole
    starts_at: datetime
    ends_on: date | None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    is_named_in_public: bool = False


class ConcernKind(StrEnum):
    """What a confidential report is about."""

    HARASSMENT = "harassment"
    SAFETY = "safety"
    MONEY = "money"
    CONDUCT = "conduct"
    OTHER = "other"


class ConcernState(StrEnum):
    """Where a confidential report is."""

    NEW = "new"
    IN_HAND = "in_hand"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class ConcernNoteData:
    """A note of somebody who handles a report; ``is_for_reporter`` is read by who reported."""

    author_id: int | None
    text: str
    created_at: datetime
    is_for_reporter: bool


@dataclass(frozen=True, kw_only=True)
class ConcernData:
    """A confidential report. ``about`` are the people it accuses: no door shows it to any of them.

    ``reporter_id`` is None where the report is anonymous to whoever reads this. ``due_at``: by then somebody must have
    taken it in hand. ``erase_at``: when its words go, known once it is closed.
    """

    id: int
    chapter_id: int | None
    chapter_name: str
    kind: ConcernKind
    text: str
    about: tuple[int, ...]
    reporter_id: int | None
    is_anonymous: bool
    state: ConcernState
    created_at: datetime
    due_at: datetime
    is_overdue: bool
    handler_id: int | None
    closed_at: datetime | None
    outcome: str
    erase_at: datetime | None
    notes: tuple[ConcernNoteData, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ConcernPage:
    """A page of confidential reports, those that wait longest first."""

    concerns: tuple[ConcernData, ...]
    cursor: str = ""
