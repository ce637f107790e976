"""What the course team's panel draws of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .cases import Phase, TaskData
from .evaluation import EvaluationData
from .views import ContributionData, OverrideData, SynthesisData

RowFilter = Literal["all", "silent", "waiting", "left_out", "reported"]
PostFilter = Literal["unanswered", "left_out", "first", "reported", "all"]
Where = Literal["not_opened", "read", "position", "answer", "look_back", "finished"]


@dataclass(frozen=True, kw_only=True)
class TeamSummaryData:
    """Who is where in one case, and what is worth the team's time."""

    task: TaskData
    phase: Phase
    learners: int
    opened: int
    position: int
    answered: int
    finished: int
    silent: int
    waiting: int
    left_out: int
    unanswered: int
    oldest_unanswered_at: datetime | None
    first_posts: int
    reports: int
    pending: int
    """Learners whose new evaluation is still to come."""
    synthesis: SynthesisData | None
    closed_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class TeamRowData:
    """One learner in the team's table."""

    user_id: int
    name: str
    where: Where
    where_text: str
    position_words: int
    answers_done: int
    answers_wanted: int
    look_back_words: int
    left_out: int
    score: float
    max_score: float
    is_overridden: bool
    last_seen: datetime | None


@dataclass(frozen=True, kw_only=True)
class TeamRowPage:
    """One page of the team's table; ``page`` starts at 1."""

    rows: tuple[TeamRowData, ...] = ()
    page: int = 1
    pages: int = 1
    total: int = 0


@dataclass(frozen=True, kw_only=True)
class LearnerReportData:
    """One learner's evidence: what counted, what did not, and why."""

    user_id: int
    name: str
    evaluation: EvaluationData
    posts: tuple[ContributionData, ...]
    score: float
    max_score: float
    override: OverrideData | None


@dataclass(frozen=True, kw_only=True)
class ReportData:
    """An open report with the post it is about."""

    id: int
    contribution: ContributionData
    reporter_id: int
    reason: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReportPage:
    """One page of open reports; ``page`` starts at 1."""

    reports: tuple[ReportData, ...] = ()
    page: int = 1
    pages: int = 1
    total: int = 0
