"""A chapter: its life, its positioning, who may come in, and how the directory shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from people.data import AuditEntryData

__all__ = [
    "Audience",
    "CardData",
    "ChapterAuditPage",
    "ChapterData",
    "ChapterPlanData",
    "ChapterScope",
    "ChapterState",
    "ChapterType",
    "CountsData",
    "DecisionData",
    "DirectoryData",
    "DirectoryFilter",
    "DirectoryShow",
    "ManagedChapterData",
    "ManagedPage",
    "Match",
    "PositioningData",
    "RegionData",
    "RuleData",
    "TransitionData",
]


class ChapterState(StrEnum):
    """Where a chapter is in its life."""

    PROPOSED = "proposed"
    FORMING = "forming"
    ACTIVE = "active"
    PAUSED = "paused"
    DORMANT = "dormant"
    ARCHIVED = "archived"
    DECLINED = "declined"


class ChapterScope(StrEnum):
    """What holds its members together: where they are, or what they care about."""

    CITY = "city"
    COUNTRY = "country"
    ONLINE = "online"
    TOPIC = "topic"


class ChapterType(StrEnum):
    """What kind of community it is: knowledge on a topic, display of works, or people and relations."""

    KNOWLEDGE = "knowledge"
    WORKS = "works"
    SOCIAL = "social"


class Audience(StrEnum):
    """For whom something of a chapter is: every member, members who take its courses, members who completed them."""

    EVERYONE = "everyone"
    LEARNERS = "learners"
    ALUMNI = "alumni"


class Match(StrEnum):
    """How many of the courses of a rule are asked for."""

    ANY = "any"
    ALL = "all"


class DirectoryShow(StrEnum):
    """Which part of the directory is shown."""

    NEAR = "near"
    ALL = "all"
    ONLINE = "online"
    OPEN = "open"
    MINE = "mine"


@dataclass(frozen=True, kw_only=True)
class RegionData:
    """A part of the world, as the site divides it, with how many listed chapters it has."""

    id: int
    slug: str
    name: str
    chapters: int = 0


@dataclass(frozen=True, kw_only=True)
class PositioningData:
    """Why a chapter exists. Audience, core value and tone give the name; each is one line, the rest short texts.

    ``unique_value`` what people get nowhere else, ``lost`` what they would lose if it closed, ``goals`` what it is
    after; ``field`` its topics, ``members`` whom it wants, ``results`` what comes out of it; ``will_not`` what it will
    not do.
    """

    audience: str = ""
    core_value: str = ""
    tone: str = ""
    unique_value: str = ""
    lost: str = ""
    goals: str = ""
    field: str = ""
    members: str = ""
    results: str = ""
    will_not: str = ""


@dataclass(frozen=True, kw_only=True)
class RuleData:
    """Who belongs to an audience: who takes (learners) or completed (alumni) any or all of these courses.

    ``courses`` are course keys as text, ``organizations`` stand for any course of theirs. ``adds_members``: who meets
    the rule is made a member, rather than invited. A rule without courses and organizations gives nobody anything.
    """

    audience: Audience
    match: Match = Match.ANY
    courses: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    adds_members: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell whether it asks for nothing, and so admits nobody."""
        return not self.courses and not self.organizations


@dataclass(frozen=True, kw_only=True)
class ChapterData:
    """One chapter. ``lead`` is one line of positioning in its own language (``languages[0]``, codes of BCP 47).

    ``country`` is an ISO 3166 code, empty for none. ``entry`` says who may join; ``has_questions`` that organizers
    review requests. ``cover`` is one of six drawn patterns, 1 to 6. ``paused_until`` is a day in the chapter's zone.
    ``members`` counts current ones. ``guidelines_version`` is the version of the site's guidelines it works by.
    """

    id: int
    slug: str
    name: str
    state: ChapterState
    state_reason: str
    scope: ChapterScope
    type: ChapterType
    lead: str
    city: str
    country: str
    topic: str
    region_id: int | None
    region: str
    zone: ZoneInfo
    languages: tuple[str, ...]
    positioning: PositioningData
    welcome: str
    contact: str
    cover: int
    entry: Audience
    has_questions: bool
    name_format: str
    guidelines_version: str
    members: int
    paused_until: date | None
    since: date | None
    created_at: datetime
    proposed_by: int | None
    needs_organizer: bool
    rules: tuple[RuleData, ...] = field(default_factory=tuple)
    region_slug: str = ""

    @property
    def boards(self) -> tuple[Audience, ...]:
        """Return the boards it has: everyone's, and one for each audience that a rule can give."""
        given = {rule.audience for rule in self.rules if not rule.is_empty}
        return tuple(audience for audience in Audience if audience is Audience.EVERYONE or audience in given)

    @property
    def key(self) -> str:
        """Return what boards, names and the audit log call it: "chapter:12"."""
        return f"chapter:{self.id}"


@dataclass(frozen=True, kw_only=True)
class ChapterPlanData:
    """Everything about a chapter that people fill in; see `ChapterData` for what each part means.

    Texts come as they were typed: whoever takes a plan trims and checks it, and names the field that is wrong. Fields
    of ``positioning`` are named as they are there ("core_value"). ``zone`` is an IANA name.
    """

    name: str
    scope: ChapterScope
    type: ChapterType
    lead: str = ""
    city: str = ""
    country: str = ""
    topic: str = ""
    region_id: int | None = None
    zone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    positioning: PositioningData = field(default_factory=PositioningData)
    welcome: str = ""
    contact: str = ""
    cover: int = 1
    entry: Audience = Audience.EVERYONE
    name_format: str = "name"


@dataclass(frozen=True, kw_only=True)
class DecisionData:
    """Yes, or no with a stable code for programs, a reason and a next step for people, and where that is (an address).

    Raised nowhere: asked at the edge of pages, REST, links of mails and jobs alike.
    """

    is_allowed: bool = False
    code: str = ""
    reason: str = ""
    next_step: str = ""
    next_url: str = ""

    @property
    def sentence(self) -> str:
        """Return reason and next step as people read them."""
        return " ".join(part for part in (self.reason, self.next_step) if part)


@dataclass(frozen=True, kw_only=True)
class TransitionData:
    """A step of a chapter's life that the reader may take; ``label`` is what its button says.

    ``missing`` says what has to be there first; empty where the step can be taken now.
    """

    to: ChapterState
    label: str
    needs_reason: bool
    needs_date: bool
    missing: str = ""


@dataclass(frozen=True, kw_only=True)
class DirectoryFilter:
    """What a reader asks the directory for; ``text`` is a city, topic, name or language in any language of the site."""

    text: str = ""
    show: DirectoryShow = DirectoryShow.ALL
    region: str = ""
    country: str = ""
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class CardData:
    """A chapter as the directory shows it. ``next_at`` is its next event, ``entry_note`` who may join, in words."""

    chapter: ChapterData
    place: str
    entry_note: str
    is_open_to_me: bool
    is_mine: bool
    next_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DirectoryData:
    """A page of the directory: what is near the reader, the rest, and how many there are by region.

    ``near_place`` names what the reader's profile says ("Amsterdam"), empty where nothing is known. ``people_near``
    counts learners around the reader without a chapter, rounded down, 0 where it is too few to say.
    """

    near: tuple[CardData, ...]
    elsewhere: tuple[CardData, ...]
    regions: tuple[tuple[RegionData, tuple[ChapterData, ...]], ...]
    near_place: str
    people_near: int
    total: int
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class CountsData:
    """What the public page says of a chapter in numbers; ``events`` are those that have taken place."""

    members: int
    topics: int
    events: int = 0


@dataclass(frozen=True, kw_only=True)
class ManagedChapterData:
    """A chapter as community managers see it. ``organizers`` are the ids of who runs it.

    ``last_active_at`` is its last post or event; ``due_at`` is by when a proposal is answered, None for any other.
    """

    chapter: ChapterData
    organizers: tuple[int, ...]
    state_at: datetime | None
    last_active_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ManagedPage:
    """A page of chapters in any state, newest first; proposals in the order in which they are due."""

    chapters: tuple[ManagedChapterData, ...]
    cursor: str = ""


@dataclass(frozen=True, kw_only=True)
class ChapterAuditPage:
    """A page of what was done in a chapter, newest first."""

    entries: tuple[AuditEntryData, ...]
    cursor: str = ""
