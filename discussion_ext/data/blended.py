"""What a blended task is: its stages, their dates, what is known of a learner, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from opaque_keys.edx.keys import UsageKey

from .cases import RequirementState, TaskData
from .evaluation import EvaluationData, RequirementItemData
from .sessions import OwnSittingData, SessionData, SittingChoiceData
from .views import ContributionData, OverrideData


class StageKind(StrEnum):
    """What a stage asks."""

    READ = "read"
    DISCUSS = "discuss"
    ATTEND = "attend"
    REPORT = "report"
    REVIEW = "review"


class Anchor(StrEnum):
    """What a date hangs on."""

    ALWAYS = "always"
    """Opens: from the beginning. Due: no date."""
    SESSION_START = "session_start"
    SESSION_END = "session_end"
    FIXED = "fixed"
    STAGE_OPENS = "stage_opens"
    STAGE_DUE = "stage_due"


class Late(StrEnum):
    """What happens after the due date."""

    CLOSED = "closed"
    """Not accepted."""
    GRACE = "grace"
    """Full credit for ``late_days`` days, then not accepted."""
    DECAY = "decay"
    """``late_percent`` less for each day begun, for ``late_days`` days, then not accepted."""


@dataclass(frozen=True, kw_only=True)
class MomentRule:
    """When something happens: days, then hours after an anchor. ``at`` (aware) is FIXED's, ``stage_id`` STAGE_*'s.

    Days are days of the wall clock of the learner's sitting (of UTC without one), hours are real hours. Negative
    numbers are before the anchor. ALWAYS and FIXED take neither.
    """

    anchor: Anchor = Anchor.ALWAYS
    days: int = 0
    hours: int = 0
    at: datetime | None = None
    stage_id: str = ""


@dataclass(frozen=True, kw_only=True)
class StageConfigData:
    """One stage. ``id`` is short ASCII (``s1``), stable while the stage lives and never used again in its task.

    ``weight`` is its part of the grade in percent, 0 to 100. Words are counted as in cases. What a kind does not use is
    left at its default: ``unit_ids`` (block ids of units) is read's; ``position_min``, ``answers_wanted`` and
    ``answer_min`` discuss's; ``report_min`` and ``needs_link`` report's; ``report_stage_id``, ``reviews_wanted``,
    ``review_min`` and ``questions`` review's.
    """

    id: str
    kind: StageKind
    title: str = ""
    instructions: str = ""
    """Markdown."""
    instructions_html: str = ""
    weight: int = 0
    opens: MomentRule = field(default_factory=MomentRule)
    due: MomentRule = field(default_factory=MomentRule)
    late: Late = Late.CLOSED
    late_days: int = 0
    late_percent: int = 0
    unit_ids: Sequence[str] = ()
    position_min: int = 100
    answers_wanted: int = 2
    answer_min: int = 30
    report_min: int = 150
    needs_link: bool = False
    report_stage_id: str = ""
    reviews_wanted: int = 2
    review_min: int = 30
    questions: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class BlendedConfigData:
    """What the author asks. ``points`` is the full grade; ``catch_up_days`` the time of late joiners, 0 for none.

    ``session_block`` is the block id of another blended task of the course whose class session is used; empty for a
    session of its own.
    """

    title: str = ""
    intro: str = ""
    """Markdown."""
    intro_html: str = ""
    points: float = 10
    catch_up_days: int = 7
    session_block: str = ""
    by_cohort: bool = False
    stages: Sequence[StageConfigData] = ()

    def find_stage(self, stage_id: str) -> StageConfigData | None:
        """Return a stage, None where there is none of this id."""
        return next((stage for stage in self.stages if stage.id == stage_id), None)

    @property
    def needs_session(self) -> bool:
        """Tell whether anything hangs on a class session."""
        anchors = {rule.anchor for stage in self.stages for rule in (stage.opens, stage.due)}
        hangs = not anchors.isdisjoint({Anchor.SESSION_START, Anchor.SESSION_END})
        return hangs or any(stage.kind == StageKind.ATTEND for stage in self.stages)

    @property
    def possible(self) -> float:
        """Return the full grade; 0 where no stage weighs anything."""
        return float(self.points) if any(stage.weight for stage in self.stages) else 0.0

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary with every field; instants in ISO 8601, UTC."""
        return {**_plain(self), "stages": [_stage_to_json(stage) for stage in self.stages]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> BlendedConfigData:
        """Return the configuration stored by :meth:`to_json`; unknown names are ignored, absent ones get defaults."""
        known = {item.name for item in fields(cls)}
        values = {name: value for name, value in data.items() if name in known and name != "stages"}
        stages = tuple(_stage_from_json(stage) for stage in data.get("stages", ()))
        return cls(**values, stages=stages)


@dataclass(frozen=True, kw_only=True)
class StageDatesData:
    """When a stage opens, is due and takes nothing more, for one learner. None means that there is no such moment.

    ``is_unknown`` says that the dates hang on a sitting that the learner does not have; then what is not yet known is
    None and ``is_locked`` says whether the stage waits for it. ``moved_by`` names what moved the dates: ``shift`` (an
    individual due date of the platform), ``catch_up``, ``extension``.
    """

    stage_id: str
    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    is_unknown: bool = False
    is_locked: bool = False
    moved_by: Sequence[str] = ()


class DecisionKind(StrEnum):
    """What the course team decides about one stage of one learner."""

    EXTEND = "extend"
    EXCUSE = "excuse"
    MARK = "mark"


@dataclass(frozen=True, kw_only=True)
class StageDecisionData:
    """A decision that holds. ``until`` is for EXTEND; ``share`` (0 to 1) for MARK."""

    id: int
    stage_id: str
    kind: DecisionKind
    until: datetime | None = None
    share: float | None = None
    reason: str = ""
    actor_id: int | None = None
    actor_name: str = ""
    at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PieceData:
    """One thing a learner did, as evidence: a unit read, a post, a review.

    ``at`` is when it was done, of a post when its present text was saved, or first counted where a correction kept the
    words. ``does_count``, ``code`` and ``facts`` are what the evaluator of cases says of a post (a report's facts also
    hold ``has_link``); a unit read always counts. ``target_id`` is the person answered or reviewed, ``key`` the unit's
    block id.
    """

    kind: Literal["unit", "position", "answer", "report", "review"]
    at: datetime
    does_count: bool = True
    code: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    contribution_id: int | None = None
    target_id: int | None = None
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class StageEvidenceData:
    """What is known of one stage: the pieces, and how many people there are to answer, or reports to review."""

    pieces: Sequence[PieceData] = ()
    others: int = 0
    known_units: Sequence[str] = ()
    """For read: the asked units that are in the course now."""


@dataclass(frozen=True, kw_only=True)
class LearnerFactsData:
    """Everything that a learner's result rests on, beside the configuration and the moment.

    ``sitting`` is None without a class session; it also holds the attendance. ``shift`` is how much later (or earlier)
    the learner's own due date is. ``joined_at`` is when they came into the course. ``decisions`` are those that hold.
    ``ignore_before`` is the moment of the last reset: what was written until then does not count.
    """

    user_id: int
    evidence: Mapping[str, StageEvidenceData] = field(default_factory=dict)
    sitting: OwnSittingData | None = None
    shift: timedelta = timedelta()
    joined_at: datetime | None = None
    decisions: Sequence[StageDecisionData] = ()
    ignore_before: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class StageResultData:
    """How one stage stands. ``share`` is 0 to 1, with the late policy applied; ``weight`` as configured.

    ``state`` is the requirement's: ``met`` (nothing more to do, though perhaps too late for all of it), ``open``,
    ``not`` (closed unmet or in part), ``waiting`` (for others), ``impossible`` (left out of the grade; also when
    excused: then ``code`` is ``excused``). ``code`` and ``facts`` say why, without language and JSON-ready, instants as
    ISO 8601; ``title``, ``detail`` and ``why`` are words in the reader's language, empty until explained. ``late_by``
    is how late what counted last came.
    """

    stage_id: str
    kind: StageKind
    state: RequirementState
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    weight: int = 0
    share: float = 0.0
    met_at: datetime | None = None
    late_by: timedelta | None = None
    items: Sequence[RequirementItemData] = ()
    title: str = ""
    detail: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class BlendedResultData:
    """The verdict on one learner: reproducible from configuration version, facts and moment.

    ``share`` is 0 to 1 of what was possible, None when nothing was. ``next_at`` is the next moment at which it can
    change, or somebody has to be reminded, without anybody doing anything.
    """

    stages: Sequence[StageResultData]
    dates: Sequence[StageDatesData]
    share: float | None
    is_finished: bool
    completion: float
    config_version: int
    evaluated_at: datetime
    finished_at: datetime | None = None
    next_at: datetime | None = None

    def find_stage(self, stage_id: str) -> StageResultData | None:
        """Return the result of a stage."""
        return next((stage for stage in self.stages if stage.stage_id == stage_id), None)

    def find_dates(self, stage_id: str) -> StageDatesData:
        """Return the dates of a stage; without any where there is no such stage."""
        return next((item for item in self.dates if item.stage_id == stage_id), StageDatesData(stage_id=stage_id))


StagePhase = Literal["locked", "open", "late", "done", "closed", "void"]


@dataclass(frozen=True, kw_only=True)
class UnitLinkData:
    """A unit to read: where it is, and whether the learner finished it."""

    block_id: str
    title: str
    url: str
    done_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ReviewTargetData:
    """A report that a learner is asked to review, and the review if there is one."""

    contribution_id: int
    author_name: str
    body_html: str
    review_id: int | None = None
    review_body: str = ""
    review_html: str = ""


@dataclass(frozen=True, kw_only=True)
class AppealData:
    """A learner's question to look at a stage again. ``answer`` is the team's, empty while it is open."""

    id: int
    stage_id: str
    user_id: int
    text: str
    asked_at: datetime
    answer: str = ""
    answered_at: datetime | None = None
    name: str = ""
    """Of who asks; for the team only."""


@dataclass(frozen=True, kw_only=True)
class StageViewData:
    """One stage on the timeline of one learner. ``stage_key`` is where its posts are kept, for discuss and report."""

    config: StageConfigData
    dates: StageDatesData
    result: StageResultData
    phase: StagePhase
    is_next: bool
    stage_key: UsageKey | None = None
    evaluation: EvaluationData | None = None
    """Discuss: the verdict of the case's evaluator on the posts, explained."""
    units: Sequence[UnitLinkData] = ()
    reviews: Sequence[ReviewTargetData] = ()
    reviews_received: Sequence[str] = ()
    """Report: the reviews that others wrote, as safe HTML."""
    decisions: Sequence[StageDecisionData] = ()
    points: int | None = None
    """Points of the ledger that the stage gave; None when none."""
    appeal: AppealData | None = None


@dataclass(frozen=True, kw_only=True)
class BlendedViewData:
    """Everything a learner sees of a blended task, in the words of the active language."""

    task: TaskData
    config: BlendedConfigData
    session: SessionData | None
    sitting: OwnSittingData | None
    choices: Sequence[SittingChoiceData]
    """The sittings to choose from; empty where the learner does not choose."""
    stages: Sequence[StageViewData]
    result: BlendedResultData
    earned: float
    possible: float
    override: OverrideData | None = None
    may_appeal_until: datetime | None = None


BlendedFilter = Literal["all", "behind", "no_sitting", "absent", "late", "asked", "changed_by_team"]


@dataclass(frozen=True, kw_only=True)
class BlendedRowData:
    """One learner in the team's table; ``cells`` follow the order of the stages."""

    user_id: int
    name: str
    sitting_title: str
    cells: Sequence[StageResultData]
    earned: float
    possible: float
    is_overridden: bool
    last_seen: datetime | None
    has_appeal: bool = False
    is_behind: bool = False
    nudged_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class BlendedRowPage:
    """One page of the team's table; ``page`` starts at 1."""

    rows: Sequence[BlendedRowData] = ()
    page: int = 1
    pages: int = 1
    total: int = 0


@dataclass(frozen=True, kw_only=True)
class AppealPage:
    """One page of appeals, those that wait for an answer first; ``page`` starts at 1."""

    appeals: Sequence[AppealData] = ()
    page: int = 1
    pages: int = 1
    total: int = 0


@dataclass(frozen=True, kw_only=True)
class BlendedReportData:
    """One learner's evidence for the team. ``decisions`` are all that were ever made, the newest first."""

    user_id: int
    name: str
    view: BlendedViewData
    posts: Mapping[str, Sequence[ContributionData]] = field(default_factory=dict)
    """By stage: what the learner wrote there, oldest first, with its verdict."""
    decisions: Sequence[StageDecisionData] = ()
    appeals: Sequence[AppealData] = ()


@dataclass(frozen=True, kw_only=True)
class BlendedSummaryData:
    """Where a course stands in one blended task: numbers of learners, by stage those who have met it."""

    task: TaskData
    learners: int
    finished: int
    behind: int
    no_sitting: int
    asked: int
    pending: int
    met: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FieldProblem:
    """One mistake of an author: ``summary`` stands in the list on top, ``message`` beside the field.

    ``stage_id`` is empty and ``stage_number`` 0 for the task's own fields; stages are counted from 1. ``field`` is the
    name in the data class, ``opens`` and ``due`` as a whole.
    """

    field: str
    summary: str
    message: str
    stage_id: str = ""
    stage_number: int = 0


@dataclass(frozen=True, kw_only=True)
class PresetData:
    """Stages to start from, with words in the active language."""

    code: str
    title: str
    description: str
    stages: Sequence[StageConfigData]


@dataclass(frozen=True, kw_only=True)
class ChangePreviewData:
    """Whom a changed configuration would touch. ``looked_at`` may be less than ``learners``: then it is a sample."""

    learners: int
    looked_at: int
    raised: int
    lowered: int
    examples: Sequence[tuple[str, float, float]] = ()
    """Name, grade now, grade then."""


def _plain(item: Any) -> dict[str, Any]:
    return {each.name: getattr(item, each.name) for each in fields(item)}


def _rule_to_json(rule: MomentRule) -> dict[str, Any]:
    return {**_plain(rule), "anchor": str(rule.anchor), "at": rule.at.astimezone(UTC).isoformat() if rule.at else None}


def _stage_to_json(stage: StageConfigData) -> dict[str, Any]:
    return {
        **_plain(stage),
        "kind": str(stage.kind),
        "late": str(stage.late),
        "opens": _rule_to_json(stage.opens),
        "due": _rule_to_json(stage.due),
        "unit_ids": list(stage.unit_ids),
        "questions": list(stage.questions),
    }


def _rule_from_json(data: Mapping[str, Any]) -> MomentRule:
    known = {item.name for item in fields(MomentRule)}
    values = {name: value for name, value in data.items() if name in known}
    if "anchor" in values:
        values["anchor"] = Anchor(values["anchor"])
    if isinstance(values.get("at"), str):
        values["at"] = datetime.fromisoformat(values["at"])
    return MomentRule(**values)


def _stage_from_json(data: Mapping[str, Any]) -> StageConfigData:
    known = {item.name for item in fields(StageConfigData)}
    values = {name: value for name, value in data.items() if name in known}
    values["kind"] = StageKind(values["kind"])
    if "late" in values:
        values["late"] = Late(values["late"])
    for name in ("opens", "due"):
        if name in values:
            values[name] = _rule_from_json(values[name])
    for name in ("unit_ids", "questions"):
        if name in values:
            values[name] = tuple(values[name])
    return StageConfigData(**values)
