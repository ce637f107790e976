"""Values that cross the border of this app: configurations, contributions, evaluations and what pages draw.

Everything here is frozen and plain. Instants are aware datetimes in UTC, ids are those of ``auth.User`` or of our own
tables. Sentences (``title``, ``why``, ...) are written in the language active when the value was made; the ``code`` and
``params`` beside them are what is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Literal

from opaque_keys.edx.keys import CourseKey, UsageKey

from people.data import NameData

Kind = Literal["position", "answer", "follow_up", "look_back", "thread", "response", "comment"]
State = Literal["live", "withdrawn", "removed", "gone"]
Phase = Literal["scheduled", "open", "closed"]
Step = Literal["read", "position", "answer", "look_back", "finished"]
Order = Literal["unanswered", "newest", "helpful"]
RequirementKind = Literal["position", "answers", "look_back"]
RequirementState = Literal["met", "open", "not", "waiting", "impossible"]
CopyOf = Literal["", "prompt", "own", "peer"]
RowFilter = Literal["all", "silent", "waiting", "left_out", "reported"]
PostFilter = Literal["unanswered", "left_out", "first", "reported", "all"]


# -- configuration ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseConfigData:
    """What an author asks for in one case; lengths are in words, points are parts of the grade."""

    title: str = ""
    case_html: str = ""
    prompt: str = ""
    position_min: int = 120
    position_max: int = 0
    """0 means no limit."""
    answers_wanted: int = 2
    answer_min: int = 30
    look_back_min: int = 60
    """0 means that no look back is asked."""
    position_points: float = 4.0
    answers_points: float = 4.0
    """Shared equally by the number of answers asked."""
    look_back_points: float = 2.0
    is_held: bool = True
    by_cohort: bool = False
    topic_id: str = ""
    """The course topic of an open case; a held one has none."""
    opens_at: datetime | None = None
    closes_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary with every field; instants in ISO 8601, UTC."""
        return {
            item.name: value.astimezone(UTC).isoformat()
            if isinstance(value := getattr(self, item.name), datetime)
            else value
            for item in fields(self)
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CaseConfigData:
        """Return the configuration stored by :meth:`to_json`; unknown names are ignored, absent ones get defaults."""
        known = {item.name for item in fields(cls)}
        values = {name: value for name, value in data.items() if name in known}
        for name in ("opens_at", "closes_at"):
            if isinstance(values.get(name), str):
                values[name] = datetime.fromisoformat(values[name])
        return cls(**values)

    @property
    def possible(self) -> float:
        """Return the highest grade, leaving out what is not asked."""
        return (
            self.position_points
            + (self.answers_points if self.answers_wanted else 0)
            + (self.look_back_points if self.look_back_min else 0)
        )


@dataclass(frozen=True)
class TopicData:
    """A course topic that an author may pick; ``taken_by`` is the title of the case that has it already, or empty."""

    id: str
    title: str
    taken_by: str = ""


@dataclass(frozen=True)
class TaskData:
    """A case as we know it from its latest configuration."""

    id: int
    usage_key: UsageKey
    course_key: CourseKey
    version: int
    config: CaseConfigData
    fault: str = ""
    """Why the case cannot be used as configured: ``""`` or ``"topic_taken"``."""
    taken_by: str = ""
    """With ``topic_taken``: the title of the other case."""


# -- evidence and evaluation (pure) ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TextData:
    """A text that another one is compared with."""

    id: int
    body: str


@dataclass(frozen=True)
class VerdictData:
    """What is known about one text once it was read: kept with the contribution, also after its text is erased."""

    words: int = 0
    """Words after quotes, prompt text and repeats are stripped."""
    copy_of: CopyOf = ""
    source_id: int | None = None
    """The contribution it repeats, for ``own`` and ``peer``."""
    shared: int = 0
    """Words that stand in the source as well."""
    total: int = 0
    """Words compared."""
    scale: float = 1.0
    """Factor on every minimum for the script of this text (see ``effective_minimum``)."""

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> VerdictData:
        """Return the verdict stored by :meth:`to_json`."""
        known = {item.name for item in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})


@dataclass(frozen=True)
class EvidenceData:
    """One own contribution as the evaluator sees it."""

    id: int
    kind: Kind
    state: State
    parent_id: int | None
    parent_author_id: int | None
    verdict: VerdictData
    created_at: datetime
    counted_at: datetime
    """When the present text was written: the later of post and last change of text."""


@dataclass(frozen=True)
class RequirementItemData:
    """One contribution under a requirement, and whether it counts."""

    contribution_id: int
    parent_author_id: int | None
    counts: bool
    words: int
    minimum: int
    code: str = ""
    """``""`` when it counts, else ``too_short``, ``copy_prompt``, ``copy_own``, ``copy_peer``, ``same_peer``, ..."""
    why: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class RequirementData:
    """One thing that finishes a case, where the learner stands with it, and why."""

    kind: RequirementKind
    state: RequirementState
    title: str
    detail: str = ""
    why: str = ""
    earned: float = 0.0
    possible: float = 0.0
    done: int = 0
    wanted: int = 1
    code: str = ""
    params: Mapping[str, int] = field(default_factory=dict)
    items: tuple[RequirementItemData, ...] = ()


@dataclass(frozen=True)
class EvaluationData:
    """The result of one learner in one case."""

    requirements: tuple[RequirementData, ...] = ()
    earned: float = 0.0
    possible: float = 0.0
    """What is impossible for this learner is left out."""
    is_finished: bool = False
    completion: float = 0.0
    """0..1."""
    config_version: int = 0
    evaluated_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return codes and numbers only: sentences are made again in the language of the reader."""
        return {
            "earned": self.earned,
            "possible": self.possible,
            "is_finished": self.is_finished,
            "completion": self.completion,
            "config_version": self.config_version,
            "requirements": [
                {
                    "kind": requirement.kind,
                    "state": requirement.state,
                    "earned": requirement.earned,
                    "possible": requirement.possible,
                    "done": requirement.done,
                    "wanted": requirement.wanted,
                    "code": requirement.code,
                    "params": dict(requirement.params),
                    "items": [
                        {
                            "contribution_id": item.contribution_id,
                            "counts": item.counts,
                            "words": item.words,
                            "minimum": item.minimum,
                            "code": item.code,
                        }
                        for item in requirement.items
                    ],
                }
                for requirement in self.requirements
            ],
        }


# -- what a page draws -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ContributionData:
    """A post as its reader may see it. ``body`` is Markdown, ``body_html`` is safe to print."""

    id: int
    case_id: int | None
    kind: Kind
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
    state: State
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
    verdict: VerdictData | None = None
    """For the author and the team."""
    item: RequirementItemData | None = None
    """For the author: whether it counts and why."""
    replies: tuple[ContributionData, ...] = ()


@dataclass(frozen=True)
class ContributionPage:
    """One page of contributions; ``page`` starts at 1."""

    contributions: tuple[ContributionData, ...] = ()
    page: int = 1
    pages: int = 1
    total: int = 0


@dataclass(frozen=True)
class SynthesisData:
    """The team's closing text."""

    body: str
    body_html: str
    author_id: int | None
    written_at: datetime | None


@dataclass(frozen=True)
class PointsData:
    """What finishing this case earns or earned."""

    hint: int = 0
    """Points that a finished case gives in this course; 0 when points are off."""
    points: int | None = None
    """Points given, None when not yet."""
    reason: str = ""
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class OverrideData:
    """A grade that the team decided instead of the evaluator."""

    score: float
    reason: str
    actor_id: int
    actor_name: str
    at: datetime


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class PostedData:
    """What became of a post.

    ``contribution`` is None when the post stands in the forum but could not be recorded: it will be, and counts then.
    """

    contribution: ContributionData | None
    evaluation: EvaluationData | None


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class TeamRowData:
    """One learner in the team's table."""

    user_id: int
    name: str
    where: Literal["not_opened", "read", "position", "answer", "look_back", "finished"]
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


@dataclass(frozen=True)
class TeamRowPage:
    """One page of the team's table; ``page`` starts at 1."""

    rows: tuple[TeamRowData, ...] = ()
    page: int = 1
    pages: int = 1
    total: int = 0


@dataclass(frozen=True)
class LearnerReportData:
    """One learner's evidence: what counted, what did not, and why."""

    user_id: int
    name: str
    evaluation: EvaluationData
    posts: tuple[ContributionData, ...]
    score: float
    max_score: float
    override: OverrideData | None


@dataclass(frozen=True)
class ReportData:
    """An open report with the post it is about."""

    id: int
    contribution: ContributionData
    reporter_id: int
    reason: str
    created_at: datetime
