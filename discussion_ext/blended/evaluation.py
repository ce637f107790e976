"""What one learner reached in one blended task: a pure function of configuration, facts and the moment.

No database, clock, setting or language is used here: the same facts give the same result in whatever order and however
often they arrive. The result is made of codes and facts; `explanations.explain` puts it into words.

*Parts.* A stage is made of equal parts: units read, reviews written, one report. In a discussion the position is one
half and the answers, in equal parts, the other; without answers the position is all. Answers and reviews count once for
each person, the earliest that counts. Whether a text counts is the verdict of the cases' evaluator.

*When.* A part is done at the moment of its piece, a stage at that of the last part asked for; boundaries themselves are
in time. What was done before an opening counts: a stage takes nothing before it opens, so its dates were moved
afterwards. After the due date a part brings what the late policy leaves of it, after closing nothing. Late answers and
reviews together bring at most what was earned in time in the same stage: classmates wait for them.

*Attending.* Being in the class counts whenever it was noted; a recording counts at the moment it was seen, with the
late policy. Who was not noted waits for the host until corrections end.

*What is left out.* Where too few classmates are there to answer or review, a part waits until closing and is impossible
then. An impossible or excused stage weighs nothing, and the others weigh accordingly more. A mark by the team stands
whatever happens later. A reset takes back what can be done again: posts and reviews, not what was read or attended.

*The grade* is the weighted share of what was possible times the points of the task, rounded to two decimals, half up,
once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from discussion_ext.data import (
    BlendedConfigData,
    BlendedResultData,
    DecisionKind,
    LearnerFactsData,
    StageDatesData,
    StageDecisionData,
    StageEvidenceData,
    StageKind,
    StagePhase,
    StageResultData,
)

from . import dates
from .attending import judge_attendance
from .parts import judge_discussion, judge_reading, judge_report, judge_reviews
from .stages import IMPOSSIBLE, MET, NOT, NOTHING, OPEN, WHOLE, Judged, Stage

REMINDED_BEFORE = (timedelta(hours=48), timedelta(hours=24))
"""How long before a due date, or before the class session, its learner is reminded."""
_JUST_AFTER = timedelta(microseconds=1)
_JUDGES: Mapping[StageKind, Callable[[Stage], Judged]] = {
    StageKind.READ: judge_reading,
    StageKind.DISCUSS: judge_discussion,
    StageKind.ATTEND: judge_attendance,
    StageKind.REPORT: judge_report,
    StageKind.REVIEW: judge_reviews,
}


def evaluate(
    *, config: BlendedConfigData, config_version: int, facts: LearnerFactsData, now: datetime
) -> BlendedResultData:
    """Return the result of one learner."""
    resolved = dates.resolve(config=config, facts=facts)
    stages = [
        Stage(stage, found, facts.evidence.get(stage.id, StageEvidenceData()), facts, dates.zone_of(facts), now)
        for stage, found in zip(config.stages, resolved, strict=True)
    ]
    judged = [_decide(_JUDGES[stage.config.kind](stage), stage) for stage in stages]
    results = [result for result, _share in judged]
    asked = [result for result in results if result.state != IMPOSSIBLE]
    met = [result for result in asked if result.state == MET]
    is_finished = bool(results) and len(met) == len(asked)
    return BlendedResultData(
        stages=tuple(results),
        dates=resolved,
        share=_weigh(judged),
        is_finished=is_finished,
        completion=round(len(met) / len(asked), 4) if asked else float(is_finished),
        config_version=config_version,
        evaluated_at=now,
        finished_at=_finished_at(results, resolved) if is_finished else None,
        next_at=min((at for pair in zip(stages, results, strict=True) for at in _changes(*pair)), default=None),
    )


def grade_of(result: BlendedResultData, config: BlendedConfigData) -> float | None:
    """Return the grade in points, None when nothing was possible: there is no score to publish then."""
    if result.share is None or not config.possible:
        return None
    # Nine decimals first: as a float a third is a little less than a third, and must not be rounded down for it.
    exact = (Decimal(repr(result.share)) * Decimal(str(config.possible))).quantize(Decimal("1e-9"), ROUND_HALF_UP)
    return float(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def phase_of(result: StageResultData, found: StageDatesData, now: datetime) -> StagePhase:
    """Return where a stage stands on the learner's timeline."""
    if result.state == IMPOSSIBLE:
        return "void"
    if result.state == MET:
        return "done"
    if found.is_locked or (found.opens_at is not None and now < found.opens_at):
        return "locked"
    if result.state == NOT or (found.closes_at is not None and now > found.closes_at):
        return "closed"
    return "late" if found.due_at is not None and now > found.due_at else "open"


# -- decisions of the team ---------------------------------------------------------------------------------------------


def _decide(judged: Judged, stage: Stage) -> Judged:
    """Return what the team's latest decision makes of a result; extensions are in the dates already."""
    result, share = judged
    decision = _last_decision(stage)
    if decision is None:
        return judged
    facts: dict[str, Any] = {"by": "team", "reason": decision.reason, "actor_id": decision.actor_id}
    facts |= {"at": decision.at.isoformat() if decision.at else None, "share_before": float(share)}
    result = replace(result, facts=facts, late_by=None)
    if decision.kind == DecisionKind.EXCUSE:
        return replace(result, state=IMPOSSIBLE, code="excused", share=0.0, met_at=None), NOTHING
    marked = min(max(Fraction(str(decision.share or 0)), NOTHING), WHOLE)
    met_at = (decision.at or stage.now) if marked else None
    return replace(result, state=MET if marked else NOT, code="marked", share=float(marked), met_at=met_at), marked


def _last_decision(stage: Stage) -> StageDecisionData | None:
    settling = (DecisionKind.EXCUSE, DecisionKind.MARK)
    own = [each for each in stage.facts.decisions if each.stage_id == stage.config.id and each.kind in settling]
    return max(own, key=lambda decision: decision.id, default=None)


# -- the whole ---------------------------------------------------------------------------------------------------------


def _weigh(judged: Iterable[Judged]) -> float | None:
    counted = [(result.weight, share) for result, share in judged if result.state != IMPOSSIBLE]
    whole = sum(weight for weight, _share in counted)
    if not whole:
        return None
    return float(sum((weight * share for weight, share in counted), NOTHING) / whole)


def _finished_at(results: Sequence[StageResultData], resolved: Sequence[StageDatesData]) -> datetime | None:
    """Return when the last stage was met; where something turned out impossible, not before it closed."""
    moments = [result.met_at for result in results if result.met_at]
    for result, found in zip(results, resolved, strict=True):
        facts = result.facts
        if facts.get("possible", 0) < facts.get("wanted", 0) and found.closes_at:
            moments.append(found.closes_at)
        if result.code == "excused" and facts.get("at"):
            moments.append(datetime.fromisoformat(facts["at"]))
    return max(moments, default=None)


def _changes(stage: Stage, result: StageResultData) -> Iterator[datetime]:
    """Yield the moments to come at which a stage changes by itself, or its learner has to be reminded.

    A boundary is still in time, so what follows it is looked at just after.
    """
    if result.state in (MET, NOT, IMPOSSIBLE):
        return
    found = stage.dates
    meeting = dates.meeting_of(stage.facts) if stage.config.kind == StageKind.ATTEND else None
    begins: list[datetime | None] = [found.opens_at]
    ends = [*stage.late_moments, found.due_at, found.closes_at]
    if meeting:
        begins.append(meeting.check_in_from)
        ends += [meeting.ends_at, meeting.correct_until]
    deadline = meeting.starts_at if meeting else found.due_at
    if deadline and result.state == OPEN:
        begins += [deadline - before for before in REMINDED_BEFORE]
    yield from (at for at in begins if at and at > stage.now)
    yield from (at + _JUST_AFTER for at in ends if at and at >= stage.now)
