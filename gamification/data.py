"""What gamification tells others: frozen values, standard library and opaque keys only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


class Tier(StrEnum):
    """How much an activity asks of a person. Any kind of a higher tier pays more than any kind of a lower one."""

    VIEW = "view"
    CONTRIBUTE = "contribute"
    APPLY = "apply"


#: Every kind of activity that can be recorded, with the tier it belongs to.
TIER_OF_KIND: MappingProxyType[str, Tier] = MappingProxyType(
    {
        "unit_finished": Tier.VIEW,
        "check_in": Tier.VIEW,
        "comment": Tier.CONTRIBUTE,
        "question": Tier.CONTRIBUTE,
        "answer": Tier.CONTRIBUTE,
        "prepare": Tier.CONTRIBUTE,
        "attend": Tier.CONTRIBUTE,
        "host": Tier.CONTRIBUTE,
        "case_finished": Tier.APPLY,
        "applied": Tier.APPLY,
    }
)

#: Points that a person of the course team gave or took by hand; no scheme has a rule for it.
MANUAL = "manual"

#: Why an activity was taken back.
VOID_REASONS = frozenset({"withdrawn", "removed", "unmet", "reset", "corrected"})


@dataclass(frozen=True, slots=True)
class LevelData:
    """Where a number of points stands on the curve of levels.

    Attributes:
        fraction: the way gone from ``starts_at`` to ``next_at``, 0 to below 1.
    """

    number: int
    title: str
    starts_at: int
    next_title: str
    next_at: int
    fraction: float


@dataclass(frozen=True, slots=True)
class StandingData:
    """One person's points in one course, entries not yet folded included.

    Attributes:
        rank: competition rank (ties share the better place); the hidden have theirs too, for their own eyes;
            ``None`` before the first point and for those who do not compete (course team, not enrolled).
        board_size: members on the board.
        is_listed: whether others find this person on the board.
        listing: why or why not: ``listed``, ``hidden``, ``team``, ``left``, ``retired`` or ``none`` (no points yet).
    """

    user_id: int
    points: int
    level: LevelData
    rank: int | None
    board_size: int
    is_listed: bool
    listing: str


@dataclass(frozen=True, slots=True)
class EntryData:
    """One line of the ledger, explained.

    Attributes:
        points: what this line does to the total now, signed; 0 when it is capped, too short or replaced. The lines of
            a person always sum up to the total.
        reason: why, in whole sentences of the active language.
        rule: the rule's name in the active language, as in "comment".
        scheme_version: of the scheme in force when it happened; 0 for points given by hand.
    """

    id: int
    user_id: int
    source: str
    kind: str
    title: str
    url: str
    points: int
    occurred_at: datetime
    recorded_at: datetime
    reason: str
    rule: str
    scheme_version: int
    is_void: bool
    is_capped: bool


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A page of ledger lines, newest first by when they happened."""

    entries: list[EntryData]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class ShareData:
    """What one kind of activity brought."""

    kind: str
    label: str
    points: int


@dataclass(frozen=True, slots=True)
class RowData:
    """One line of a board."""

    user_id: int
    rank: int
    points: int
    level_number: int
    level_title: str


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A page of a board; ``total`` counts its members, ``pages`` is limited by a setting."""

    rows: list[RowData]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class AroundPage:
    """The places around one person, own line included.

    Attributes:
        before: members above the first row.
        after: members below the last row.
    """

    rows: list[RowData]
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class RuleData:
    """What a scheme pays for one kind of activity.

    Attributes:
        per_day: how many a day earn points, ``None`` for no limit.
        min_words: words from which one earns points, 0 for none.
    """

    kind: str
    tier: Tier
    title: str
    points: int
    per_day: int | None
    min_words: int


@dataclass(frozen=True, slots=True)
class LevelStartData:
    """One level of a scheme and the points from which it is reached."""

    number: int
    title: str
    starts_at: int


@dataclass(frozen=True, slots=True)
class SchemeInfo:
    """A scheme that was installed or is in force."""

    version: int
    title: str
    valid_from: datetime | None


@dataclass(frozen=True, slots=True)
class FinishedUnitData:
    """A unit of a course that a person has finished, our own blocks not counted."""

    usage_key: str
    title: str
    url: str


# What a page, the REST API or a block shows: the values above put into words and rows, ready to be drawn.


@dataclass(frozen=True, slots=True)
class LevelShownData:
    """A level as a ring with its sentence.

    Attributes:
        percent: of the way to the next level, 0 to 100; 100 on the highest.
        arc: the ring's ``stroke-dasharray``, empty at 0 percent.
        label: the ring in one sentence, for those who do not see it.
        sentence: what is missing to the next level.
    """

    number: int
    name: str
    points: str
    percent: int
    arc: str
    label: str
    sentence: str


@dataclass(frozen=True, slots=True)
class EntryShownData:
    """A line of the ledger as shown; ``text`` is safe HTML with the link to what it is about."""

    text: str
    amount: str
    is_gain: bool
    is_void: bool
    instant: str
    time: str
    recent: str
    question: str
    reason: str
    scheme: str


@dataclass(frozen=True, slots=True)
class DayShownData:
    """The lines of one local day."""

    label: str
    entries: list[EntryShownData]


@dataclass(frozen=True, slots=True)
class ShareShownData:
    """What one kind of activity brought, beside the total."""

    label: str
    points: int
    total: int
    amount: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RowShownData:
    """A person's line on a board. Numbers are already written for the reader's language."""

    place: str
    title: str
    detail: str
    points: str
    initials: str
    tone: int
    is_me: bool
    is_pseudonym: bool
    is_gap: bool = False


@dataclass(frozen=True, slots=True)
class GapShownData:
    """The places left out between two lines of a board."""

    text: str
    is_gap: bool = True


@dataclass(frozen=True, slots=True)
class NameOptionData:
    """One way of appearing on the board."""

    value: str
    label: str
    hint: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class PrivacyShownData:
    """How a person appears on the board of a course, and how they could."""

    choice: str
    options: list[NameOptionData]
    sentence: str
    saved: str


@dataclass(frozen=True, slots=True)
class PlaceShownData:
    """The reader's own place, in words."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class MyPointsData:
    """Everything on the page "My points". ``privacy`` is None for those who are not on boards."""

    level: LevelShownData
    days: list[DayShownData]
    page: int
    pages: int
    is_first_day: bool
    invitation: str
    zone_sentence: str
    shares: list[ShareShownData]
    privacy: PrivacyShownData | None


@dataclass(frozen=True, slots=True)
class BoardShownData:
    """Everything on the page "Board". ``mine_page`` is the page with the reader's line, None where they have none."""

    rows: list[RowShownData | GapShownData]
    caption: str
    summary: str
    page: int
    pages: int
    mine: PlaceShownData
    privacy: PrivacyShownData | None


@dataclass(frozen=True, slots=True)
class PanelData:
    """Everything in a points block of a course."""

    level: LevelShownData
    entries: list[EntryShownData]
    is_first_day: bool
    invitation: str
    rows: list[RowShownData | GapShownData]
    caption: str
    mine: PlaceShownData
    privacy: PrivacyShownData | None


@dataclass(frozen=True, slots=True)
class RuleShownData:
    """A rule of the scheme in words."""

    title: str
    amount: str
    limits: str


@dataclass(frozen=True, slots=True)
class TierShownData:
    """The rules of one tier, with what the tier is about."""

    code: str
    title: str
    text: str
    rules: list[RuleShownData]


@dataclass(frozen=True, slots=True)
class LevelNameData:
    """A level of the scheme as listed."""

    name: str
    starts: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class SchemeShownData:
    """Everything on the page "How points work"."""

    tiers: list[TierShownData]
    levels: list[LevelNameData]
