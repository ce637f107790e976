"""Where a learner stands in a blended task: what an evaluation found, set beside what was kept before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection

from discussion_ext.data import (
    BlendedConfigData,
    BlendedResultData,
    LearnerFactsData,
    RequirementState,
    StageKind,
    StageResultData,
)
from discussion_ext.models import Participation, StageStanding, Task

from . import verdicts
from .judging import judge

_MOVING: Final = ("evaluated_at", "config_version", "next_at")
"""What a kept verdict says of its making; the rest is what it says of the learner."""

_SHOWN: Final = ["state", "share", "is_late"]


@dataclass
class Outcome:
    """What an evaluation found, set beside what was kept before."""

    row: Participation
    facts: LearnerFactsData
    result: BlendedResultData
    verdict: Mapping[str, Any]
    has_changed: bool
    known: Mapping[str, StageStanding]
    """Standings as they were kept, by stage."""
    standings: Sequence[StageStanding] = field(default_factory=list)
    """Those that are new or changed, not saved."""
    is_moved: bool = False
    """Whether moments or marks in the row changed, though the verdict did not."""


def weigh(
    task: Task,
    config: BlendedConfigData,
    row: Participation,
    facts: LearnerFactsData,
    known: Mapping[str, StageStanding],
    moment: datetime,
) -> Outcome:
    """Return what an evaluation finds, and what of it is new. ``known`` are the kept standings by stage."""
    result = judge(config=config, config_version=task.version, facts=facts, now=moment)
    verdict = verdicts.dump(result)
    changed = [stage for stage in result.stages if _is_news(known.get(stage.stage_id), stage)]
    return Outcome(
        row=row,
        facts=facts,
        result=result,
        verdict=verdict,
        has_changed=essence(verdict) != essence(row.evaluation) or bool(changed),
        known=known,
        standings=[_standing(task, row.user_id, known.get(stage.stage_id), stage) for stage in changed],
    )


def take_over(outcome: Outcome, config: BlendedConfigData) -> None:
    """Put what was found into the learner's row; the caller saves it."""
    row, result = outcome.row, outcome.result
    row.evaluation = dict(outcome.verdict)
    row.is_finished = result.is_finished
    row.step = "finished" if result.is_finished else "read"
    row.is_waiting = any(
        stage.state == RequirementState.WAITING and stage.kind in (StageKind.DISCUSS, StageKind.REVIEW)
        for stage in result.stages
    )
    row.is_behind = any(_is_behind(stage, result) for stage in result.stages)
    row.needs_sitting = needs_sitting(config, outcome.facts)
    row.next_look_at = result.next_at


def load(row: Participation) -> BlendedResultData | None:
    """Return the verdict that was kept last, None before the first."""
    return verdicts.load(row.evaluation) if row.evaluation else None


def essence(verdict: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return what a verdict says, without when and with which version it was found."""
    return {name: value for name, value in verdict.items() if name not in _MOVING} if verdict else None


def list_known(task: Task, user_ids: Iterable[int]) -> dict[int, dict[str, StageStanding]]:
    """Return the kept standings of these learners, by learner and stage."""
    found: dict[int, dict[str, StageStanding]] = {}
    for standing in StageStanding.objects.filter(task=task, user_id__in=list(user_ids)):
        found.setdefault(standing.user_id, {})[standing.stage_id] = standing
    return found


def save_standings(standings: Sequence[StageStanding]) -> None:
    """Keep standings that are new or changed; what the ledger was told of them is left alone."""
    new = [standing for standing in standings if standing.pk is None]
    if new:
        target = ["task", "user_id", "stage_id"]
        StageStanding.objects.bulk_create(
            new,
            update_conflicts=True,
            update_fields=_SHOWN,
            unique_fields=target if connection.features.supports_update_conflicts_with_target else None,
        )
    changed = [standing for standing in standings if standing.pk is not None]
    if changed:
        StageStanding.objects.bulk_update(changed, _SHOWN)


def needs_sitting(config: BlendedConfigData, facts: LearnerFactsData) -> bool:
    """Tell whether a learner has no sitting, or only a cancelled one, where something hangs on it."""
    own = facts.sitting.sitting if facts.sitting is not None else None
    return config.needs_session and (own is None or own.meeting.is_cancelled)


def _is_behind(stage: StageResultData, result: BlendedResultData) -> bool:
    due_at = result.find_dates(stage.stage_id).due_at
    is_undone = stage.state in (RequirementState.OPEN, RequirementState.NOT)
    return is_undone and due_at is not None and result.evaluated_at > due_at


def _is_news(known: StageStanding | None, stage: StageResultData) -> bool:
    present = (str(stage.state), stage.share, stage.late_by is not None)
    return known is None or (known.state, known.share, known.is_late) != present


def _standing(task: Task, user_id: int, known: StageStanding | None, stage: StageResultData) -> StageStanding:
    standing = known or StageStanding(task=task, user_id=user_id, stage_id=stage.stage_id)
    standing.state, standing.share, standing.is_late = str(stage.state), stage.share, stage.late_by is not None
    return standing
