"""Members: how they came in, what they say of themselves, which boards are open to them, and how they go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from people.data import NameData

from .chapters import Audience, ChapterData

__all__ = [
    "INTRODUCTION_FIELDS",
    "BanData",
    "BanPage",
    "BanState",
    "CertificateStanding",
    "Digest",
    "FieldVisibility",
    "IntroductionData",
    "InvitationData",
    "InvitationState",
    "JoinAnswerData",
    "JoinQuestionData",
    "JoinRequestData",
    "JoinedBy",
    "LeaveReason",
    "LeavingSummaryData",
    "MemberCardData",
    "MemberPage",
    "MembershipData",
    "MembershipState",
    "QuestionKind",
    "RequestPage",
    "StandingData",
    "StandingSource",
]


class MembershipState(StrEnum):
    """Where somebody stands with a chapter. Only a *member* is in it."""

    REQUESTED = "requested"
    MEMBER = "member"
    DECLINED = "declined"
    LEFT = "left"
    REMOVED = "removed"


class JoinedBy(StrEnum):
    """How somebody became a member."""

    SELF = "self"
    REQUEST = "request"
    RULE = "rule"
    STAFF = "staff"


class StandingSource(StrEnum):
    """What gave somebody an audience: the course rule, or a person (which the reconcile leaves alone)."""

    RULE = "rule"
    MANUAL = "manual"


class CertificateStanding(StrEnum):
    """Whether a certificate says that its course was completed, or was taken back."""

    HELD = "held"
    TAKEN_BACK = "taken_back"


class InvitationState(StrEnum):
    """What became of an invitation."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class QuestionKind(StrEnum):
    """How a join question is answered."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"


class FieldVisibility(StrEnum):
    """Who sees a field of an introduction."""

    MEMBERS = "members"
    ORGANIZERS = "organizers"


class Digest(StrEnum):
    """How often somebody hears by mail what is new on a chapter's boards."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class LeaveReason(StrEnum):
    """Why somebody leaves, where they say it."""

    NO_TIME = "no_time"
    NOT_FOR_ME = "not_for_me"
    TOO_QUIET = "too_quiet"
    TOO_MUCH = "too_much"
    MOVED = "moved"
    UNPLEASANT = "unpleasant"
    OTHER = "other"


class BanState(StrEnum):
    """What became of a ban: in force, over by its date, lifted by a person."""

    ACTIVE = "active"
    EXPIRED = "expired"
    LIFTED = "lifted"


#: The fields of the uniform introduction, in their order, with the most characters each may have.
INTRODUCTION_FIELDS: Mapping[str, int] = {
    "position": 120,
    "place": 80,
    "skills": 300,
    "why": 500,
    "hobbies": 300,
}


@dataclass(frozen=True, kw_only=True)
class IntroductionData:
    """What a member says of themselves. ``private`` names the fields that only organizers see."""

    position: str = ""
    place: str = ""
    skills: str = ""
    why: str = ""
    hobbies: str = ""
    private: frozenset[str] = frozenset()

    @property
    def is_complete(self) -> bool:
        """Tell whether position and reason are there, which a chapter asks of everybody."""
        return bool(self.position and self.why)


@dataclass(frozen=True, kw_only=True)
class StandingData:
    """An audience that a member belongs to; ``course_id`` is the course that gave it, empty for a manual grant."""

    audience: Audience
    source: StandingSource
    since: datetime
    course_id: str = ""


@dataclass(frozen=True, kw_only=True)
class MembershipData:
    """One person in one chapter, now or once. ``paused_until``: until that day they get no mail from the chapter.

    ``asked_at`` and ``due_at`` are of an open request, ``decided_at`` and ``decision_note`` of its answer. ``left_at``
    is when they last went.
    """

    id: int
    chapter_id: int
    user_id: int
    state: MembershipState
    joined_by: JoinedBy
    joined_at: datetime | None
    introduction: IntroductionData
    digest: Digest
    paused_until: date | None
    standings: tuple[StandingData, ...] = ()
    first_joined_at: datetime | None = None
    asked_at: datetime | None = None
    due_at: datetime | None = None
    decided_at: datetime | None = None
    decision_note: str = ""
    left_at: datetime | None = None

    @property
    def is_member(self) -> bool:
        """Tell whether the person is in the chapter."""
        return self.state is MembershipState.MEMBER

    @property
    def audiences(self) -> frozenset[Audience]:
        """Return the boards open to the person: none for who is no member."""
        given = {standing.audience for standing in self.standings}
        return frozenset({Audience.EVERYONE, *given}) if self.is_member else frozenset()


@dataclass(frozen=True, kw_only=True)
class JoinQuestionData:
    """A question to who wants to join. ``choices`` for a choice; ``hint`` says what a good answer tells."""

    id: int
    text: str
    kind: QuestionKind
    hint: str = ""
    choices: tuple[str, ...] = ()
    is_required: bool = True


@dataclass(frozen=True, kw_only=True)
class JoinAnswerData:
    """An answer beside the question as it was when it was answered."""

    question: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class JoinRequestData:
    """A request to join, for organizers. ``due_at`` is by when the applicant was promised an answer."""

    membership_id: int
    chapter_id: int
    user_id: int
    name: str
    answers: tuple[JoinAnswerData, ...]
    introduction: IntroductionData
    asked_at: datetime
    due_at: datetime
    is_overdue: bool
    audiences: frozenset[Audience] = frozenset()
    was_member: bool = False


@dataclass(frozen=True, kw_only=True)
class RequestPage:
    """A page of open requests, the earliest due first."""

    requests: tuple[JoinRequestData, ...]
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class MemberCardData:
    """A member as another member (or an organizer) sees them. ``shown_as`` follows the chapter's name format.

    Fields that the viewer may not see are empty. ``roles`` are values of ``ChapterRole`` held now.
    """

    membership_id: int
    user_id: int
    name: NameData
    shown_as: str
    introduction: IntroductionData
    joined_at: datetime
    audiences: frozenset[Audience]
    roles: tuple[str, ...] = ()
    is_me: bool = False
    hellos: int = 0
    said_hello: bool = False
    is_paused: bool = False


@dataclass(frozen=True, kw_only=True)
class MemberPage:
    """A page of members, newest first."""

    members: tuple[MemberCardData, ...]
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class InvitationData:
    """Somebody may come in because of a course; ``course_name`` is empty where the course is gone."""

    id: int
    chapter: ChapterData
    user_id: int
    audience: Audience
    course_id: str
    course_name: str
    state: InvitationState
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class BanData:
    """Somebody may not come in. ``expires_at`` None is until it is lifted. The appeal is one text, answered once."""

    id: int
    chapter_id: int
    user_id: int
    reason: str
    banned_by: int | None
    created_at: datetime
    expires_at: datetime | None
    state: BanState
    appeal: str = ""
    appealed_at: datetime | None = None
    appeal_answer: str = ""
    appeal_answered_at: datetime | None = None
    user_name: str = ""


@dataclass(frozen=True, kw_only=True)
class BanPage:
    """A page of bans, newest first."""

    bans: tuple[BanData, ...]
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class LeavingSummaryData:
    """Why people left within some days. Reasons given by fewer than ``least`` people are one number, without texts."""

    days: int
    left: int
    asked: int
    by_reason: tuple[tuple[LeaveReason, int], ...]
    fewer: int
    words: tuple[str, ...] = field(default_factory=tuple)
