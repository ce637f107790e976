"""What a learner's page draws of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from people.data import NameData

from .cases import CaseConfigData, ContributionKind, ContributionState, Phase, TaskData
from .evaluation import EvaluationData, RequirementItemData

Step = Literal["read", "position", "answer", "look_back", "finished"]
Order = Literal["unanswered", "newest", "helpful"]
Act = Literal["post", "edit", "report", "mark", "draft", "preview", "export", "seat", "import", "calendar"]


@dataclass(frozen=True, kw_only=True)
class ContributionData:
    """A post as its reader may see it. ``body`` is Markdown, ``body_html`` is safe to print."""

    id: int
    case_id: int | None
    kind: ContributionKind
    author_id: int
    author: NameData | None
    is_me: bool
    parent_id: int | None
    parent_author_id: int | None
    parent_author: NameData | None
    body: str
    body_html: str
    words: int
    created_at: datetime
    edited_at: datetime | None
    state: ContributionState
    state_reason: str = ""
    state_actor_id: int | None = None
    answers: int = 0
    helpful: int = 0
    revision: int = 1
    is_helpful_by_me: bool = False
    is_reported_by_me: bool = False
    is_new: bool = False
    is_team: bool = False
    reports: int = 0
    """Open reports; shown to the team only, 0 for learners."""
    verdict: RequirementItemData | None = None
    """For the author and the team: whether it counts and why."""
    replies: tuple[ContributionData, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ContributionPage:
    """One page of contributions; ``page`` starts at 1."""

    contributions: tuple[ContributionData, ...] = ()
    page: int = 1
    pages: int = 1
    total: int = 0


@dataclass(frozen=True, kw_only=True)
class SynthesisData:
    """The team's closing text."""

    body: str
    body_html: str
    author_id: int | None
    written_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class PointsData:
    """What finishing this case earns or earned."""

    hint: int = 0
    """Points that a finished case gives in this course; 0 when points are off."""
    points: int | None = None
    """Points given, None when not yet."""
    reason: str = ""
    recorded_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OverrideData:
    """A grade that the team decided instead of the evaluator."""

    score: float
    reason: str
    actor_id: int
    actor_name: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CaseViewData:
    """Everything a learner sees of one case."""

    task: TaskData
    config: CaseConfigData
    phase: Phase
    step: Step
    opens_at: datetime | None
    closes_at: datetime | None
    """The moment that applies: later than the configured one when the case was opened again."""
    closed_at: datetime | None
    position: ContributionData | None
    answers: tuple[ContributionData, ...]
    follow_ups: tuple[ContributionData, ...]
    look_back: ContributionData | None
    withdrawn: tuple[ContributionData, ...]
    """Own posts that are withdrawn, removed or gone."""
    may_see_peers: bool
    peers: ContributionPage
    peers_count: int
    """Positions by others, also while they are held back."""
    heard: tuple[ContributionData, ...]
    """Latest answers to me."""
    news_count: int
    """Answers to me since I last opened the case."""
    helped_count: int
    """Helpful marks on my posts."""
    evaluation: EvaluationData
    earned: float
    possible: float
    """With the team's own decision applied."""
    override: OverrideData | None
    synthesis: SynthesisData | None
    points: PointsData
    order: Order = "unanswered"


@dataclass(frozen=True, kw_only=True)
class PostedData:
    """What became of a post.

    ``contribution`` is None when the post stands in the forum but could not be recorded: it will be, and counts then.
    """

    contribution: ContributionData | None
    evaluation: EvaluationData | None
