"""Points of stages: reading and discussing prepares, coming attends, reporting back applies."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from opaque_keys.edx.keys import CourseKey

from discussion_ext import edx_platform
from discussion_ext.data import BlendedResultData, RequirementState, StageKind, StageResultData
from discussion_ext.models import StageStanding, Task
from discussion_ext.results import shielded
from gamification import api as gamification

ACTIVITIES: Final = {
    StageKind.READ: "prepare",
    StageKind.DISCUSS: "prepare",
    StageKind.ATTEND: "attend",
    StageKind.REPORT: "applied",
}
"""Reviews earn as answers, when they are written."""


def is_due(standing: StageStanding | None, stage: StageResultData) -> bool:
    """Tell whether the ledger has to hear of a stage: it was met since, or is met no more."""
    is_told = standing is not None and bool(standing.revision % 2)
    return stage.kind in ACTIVITIES and is_told != (stage.state == RequirementState.MET)


def tell(task: Task, user_id: int, result: BlendedResultData, *, reason: str) -> None:
    """Give or take back the points of stages where that changed; what is not heard is said again next time.

    Call it when the learner's row is locked. ``revision`` moves on only when the ledger has heard.
    """
    known = {row.stage_id: row for row in StageStanding.objects.filter(task=task, user_id=user_id)}
    for stage in result.stages:
        standing = known.get(stage.stage_id)
        if standing is not None and is_due(standing, stage):
            _tell(task, standing, stage, result, reason)


def _tell(task: Task, standing: StageStanding, stage: StageResultData, result: BlendedResultData, reason: str) -> None:
    course_key = CourseKey.from_string(task.course_id)
    if gamification.is_on(course_key):
        common: dict[str, Any] = {
            "source": standing.source,
            "revision": standing.revision + 1,
            "user_id": standing.user_id,
            "course_key": course_key,
            "kind": ACTIVITIES[stage.kind],
            "occurred_at": stage.met_at or result.evaluated_at,
        }
        if stage.state == RequirementState.MET:
            url = edx_platform.block_url(task.course_id, task.usage_key)
            act = partial(gamification.record_activity, **common, title=task.title, url=url)
        else:
            act = partial(gamification.void_activity, **common, reason=reason)
        if not shielded(task, standing.user_id, act):
            return
    # Where somebody else has told it meanwhile, theirs stands.
    told = StageStanding.objects.filter(pk=standing.pk, revision=standing.revision)
    told.update(revision=standing.revision + 1)
