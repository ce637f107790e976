"""What other packages receive from discussion_ext: frozen data, standard library and opaque keys only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from opaque_keys.edx.keys import CourseKey, UsageKey

from people.data import NameData

Phase = Literal["scheduled", "open", "closed"]
Step = Literal["read", "position", "answer", "look_back", "finished"]
Order = Literal["unanswered", "newest", "helpful"]
RowFilter = Literal["all", "silent", "waiting", "left_out", "reported"]
PostFilter = Literal["unanswered", "left_out", "first", "reported", "all"]
Where = Literal["not_opened", "read", "position", "answer", "look_back", "finished"]


class ContributionKind(StrEnum):
    """What a post is. The first four belong to a case, the others to a plain discussion."""

    POSITION = "position"
    ANSWER = "answer"
    FOLLOW_UP = "follow_up"
    LOOK_BACK = "look_back"
    THREAD = "thread"
    RESPONSE = "response"
    COMMENT = "comment"


class ContributionState(StrEnum):
    """``GONE``: it vanished with somebody else's thread, so that its author keeps the credit."""

    LIVE = "live"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    GONE = "gone"


CREDITED = (ContributionState.LIVE, ContributionState.GONE)
"""The states in which a post counts for its author."""


class RequirementState(StrEnum):
    """Where a requirement, or one item of it, stands for one learner.

    ``WAITING`` (nobody left to answer yet) exists while the case is open, ``IMPOSSIBLE`` only once it is closed.
    """

    MET = "met"
    OPEN = "open"
    NOT = "not"
    WAITING = "waiting"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, kw_only=True)
class CaseConfigData:
    """What the author asks. Instants are aware; a maximum of 0 is no maximum, a look back of 0 words leaves it out."""

    title: str = ""
    case_html: str = ""
    prompt: str = ""
    position_min: int = 120
    position_max: int = 0
    answers_wanted: int = 2
    answer_min: int = 30
    look_back_min: int = 60
    position_points: float = 4
    answers_points: float = 4
    look_back_points: float = 2
    is_held: bool = True
    by_cohort: bool = False
    topic_id: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary with every field; instants in ISO 8601, UTC."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {
            name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
            for name, value in values.items()
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
        """Return the full grade, leaving out what is not asked."""
        return float(
            self.position_points
            + (self.answers_points if self.answers_wanted else 0)
            + (self.look_back_points if self.look_back_min else 0)
        )


@dataclass(frozen=True, kw_only=True)
class TopicData:
    """A course topic that an author may pick; ``taken_by`` is the title of the case that has it already, or empty."""

    id: str
    title: str
    taken_by: str = ""


@dataclass(frozen=True, kw_only=True)
class TaskData:
    """A case as we know it from its latest configuration.

    ``fault`` says why it cannot be used as configured: empty or ``topic_taken`` (then ``taken_by`` is the title of
    the other case).
    """

    id: int
    usage_key: UsageKey
    course_key: CourseKey
    version: int
    config: CaseConfigData
    fault: str = ""
    taken_by: str = ""


# -- evaluation: what goes in ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class EvidenceData:
    """One post of the learner who is evaluated, as its snapshot stands.

    ``edited_at`` is when the present text was saved. ``worded_at`` is when its wording appeared: an edit that leaves
    a near-copy of what stood there does not move it, so that a corrected typo never turns the original into the copy.
    ``parent_body`` and the parent's author are those of the post that was answered.
    """

    id: int
    kind: ContributionKind
    author_id: int
    body: str
    created_at: datetime
    edited_at: datetime | None = None
    worded_at: datetime | None = None
    state: ContributionState = ContributionState.LIVE
    state_reason: str = ""
    parent_author_id: int | None = None
    is_parent_by_team: bool = False
    parent_body: str = ""


@dataclass(frozen=True, kw_only=True)
class PeerTextData:
    """A post by somebody else in the same case which one of the learner's posts may repeat."""

    id: int
    author_id: int
    body: str
    worded_at: datetime


@dataclass(frozen=True, kw_only=True)
class EvaluationRules:
    """The site's numbers. ``near_copy_share`` is the part of a post's words, 0 to 1, from which it is a near-copy."""

    near_copy_share: float = 0.7
    word_factors: Mapping[str, float] = field(default_factory=lambda: {"zh": 1.5, "ja": 2.0})
    is_team_a_peer: bool = False


# -- evaluation: what comes out ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RequirementItemData:
    """One thing inside a requirement: an answer to one peer, or what is still to do.

    ``code`` and ``facts`` say why in a form that can be stored; ``title``, ``detail`` and ``why`` are the same in
    words and are empty until `explain` fills them in the reader's language.
    """

    state: RequirementState
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    contribution_id: int | None = None
    peer_id: int | None = None
    met_at: datetime | None = None
    title: str = ""
    detail: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class RequirementData:
    """One requirement of a case: ``kind`` is ``position``, ``answers`` or ``look_back``.

    ``possible`` is what it can still bring this learner: parts that turned out impossible are left out of it.
    ``share`` is 0 to 1 of what is possible.
    """

    kind: str
    state: RequirementState
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    earned: float = 0.0
    possible: float = 0.0
    share: float = 0.0
    met_at: datetime | None = None
    contribution_id: int | None = None
    items: Sequence[RequirementItemData] = ()
    title: str = ""
    detail: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class EvaluationData:
    """The verdict on one learner in one case, reproducible from evidence and the named version of the configuration.

    ``finished_at`` is when the last of the requirements was met, None until then. ``verdicts`` says of each of the
    learner's posts, by id, why it counts or does not.
    """

    requirements: Sequence[RequirementData]
    earned: float
    possible: float
    is_finished: bool
    completion: float
    config_version: int
    evaluated_at: datetime
    finished_at: datetime | None = None
    verdicts: Mapping[int, RequirementItemData] = field(default_factory=dict)


# -- what a page draws -------------------------------------------------------------------------------------------------


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


# -- the platform's forum ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ForumPostData:
    """A post as it stands in the platform's forum. ``key`` is ``thread:<id>`` or ``comment:<id>``.

    ``parent_key`` is what it answers: None for a thread, the thread for a response, the response for a comment.
    """

    key: str
    course_id: str
    topic_id: str
    author_id: int
    title: str
    body: str
    is_question: bool
    is_anonymous: bool
    is_retired: bool
    parent_key: str | None
    thread_key: str
    group_id: int | None
    created_at: datetime

    @property
    def is_thread(self) -> bool:
        """Tell whether it starts a discussion."""
        return self.parent_key is None

    @property
    def is_response(self) -> bool:
        """Tell whether it answers the thread itself."""
        return self.parent_key is not None and self.parent_key == self.thread_key
