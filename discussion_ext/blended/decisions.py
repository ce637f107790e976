"""What the course team decides about one stage of one learner: more time, excused, marked otherwise.

Decisions are never changed: a new one replaces the one that holds, and both stay on record with who, when and why.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import edx_platform
from discussion_ext.access import check_learner
from discussion_ext.contributions import now
from discussion_ext.data import DecisionKind, StageDecisionData
from discussion_ext.exceptions import ContributionNotFoundError, InvalidValueError
from discussion_ext.models import StageDecision, Task
from discussion_ext.news import STAGE_DECIDED
from discussion_ext.results import evaluate_learner, lock_participation
from discussion_ext.targets import name_attempt
from people import api as people

from .explanations import name_stage
from .gathering import to_data
from .tasks import config_of, find_stage, get_blended


def extend_stage(
    *, usage_key: UsageKey, user_id: int, stage_id: str, actor_id: int, reason: str, until: datetime
) -> StageDecisionData:
    """Give a learner more time: the stage is due then, and late from then on as for everybody.

    Raises InvalidValueError naming the field, and LearnerNotFoundError.
    """
    if not isinstance(until, datetime) or until.tzinfo is None or until <= now():
        raise InvalidValueError(_("Choose a moment in the future."), field="until")
    return _decide(usage_key, user_id, stage_id, DecisionKind.EXTEND, actor_id, reason, until=until)


def excuse_stage(*, usage_key: UsageKey, user_id: int, stage_id: str, actor_id: int, reason: str) -> StageDecisionData:
    """Leave a stage out of a learner's grade."""
    return _decide(usage_key, user_id, stage_id, DecisionKind.EXCUSE, actor_id, reason)


def mark_stage(
    *, usage_key: UsageKey, user_id: int, stage_id: str, actor_id: int, reason: str, share: float
) -> StageDecisionData:
    """Let this share (0 to 1) of a stage hold for a learner instead of what the evaluator found."""
    return _decide(usage_key, user_id, stage_id, DecisionKind.MARK, actor_id, reason, share=read_share(share))


def revoke_decision(*, usage_key: UsageKey, user_id: int, decision_id: int, actor_id: int, reason: str = "") -> None:
    """Take a decision back: what the evaluator finds holds again. Revoking twice changes nothing."""
    task = get_blended(usage_key)
    with transaction.atomic():
        lock_participation(task.pk, user_id)
        row = StageDecision.objects.select_for_update().filter(pk=decision_id, task=task, user_id=user_id).first()
        if row is None:
            raise ContributionNotFoundError(_("There is no such decision."))
        if row.revoked_at is not None:
            return
        _revoke(row, actor_id)
        audit(task, user_id, "stage.decision_revoked", actor_id, reason, {"stage": row.stage_id, "kind": row.kind})
        evaluate_learner(task.pk, user_id)
        tell(task, user_id, row.stage_id, key=f"{row.pk}:revoked", reason=reason.strip()[:500])


def read_share(share: Any) -> float:
    """Return a share from 0 to 1 or raise InvalidValueError."""
    if isinstance(share, bool) or not isinstance(share, int | float) or not math.isfinite(share) or not 0 <= share <= 1:
        raise InvalidValueError(_("A share is from 0 to 100 percent."), field="share")
    return float(share)


def _decide(
    usage_key: UsageKey,
    user_id: int,
    stage_id: str,
    kind: DecisionKind,
    actor_id: int,
    reason: str,
    *,
    until: datetime | None = None,
    share: float | None = None,
) -> StageDecisionData:
    task = get_blended(usage_key)
    find_stage(config_of(task), stage_id)
    check_learner(task, user_id)
    reason = reason.strip()[:500] if isinstance(reason, str) else ""
    if not reason:
        raise InvalidValueError(_("Give the reason: the learner reads it."), field="reason")
    with transaction.atomic():
        lock_participation(task.pk, user_id)
        place = _slot(task.pk, user_id, stage_id, kind)
        for former in StageDecision.objects.select_for_update().filter(slot_key=place):
            _revoke(former, actor_id)
        row = StageDecision.objects.create(
            task=task,
            user_id=user_id,
            stage_id=stage_id,
            kind=kind,
            slot_key=place,
            until=until,
            share=share,
            reason=reason,
            actor_id=actor_id,
            created_at=now(),
        )
        facts = {"until": until.isoformat()} if until else {"share": share} if share is not None else {}
        audit(task, user_id, f"stage.{kind}", actor_id, reason, {"stage": stage_id, **facts})
        evaluate_learner(task.pk, user_id)
        tell(task, user_id, stage_id, key=str(row.pk), reason=reason)
    return to_data(row, people.real_names([actor_id]).get(actor_id, ""))


def _revoke(row: StageDecision, actor_id: int) -> None:
    row.slot_key, row.revoked_at, row.revoked_by = None, now(), actor_id
    row.save(update_fields=["slot_key", "revoked_at", "revoked_by"])


def _slot(task_id: int, user_id: int, stage_id: str, kind: DecisionKind) -> str:
    """Return the place of a decision: more time is one, a verdict of the team the other."""
    place = "time" if kind == DecisionKind.EXTEND else "verdict"
    return f"{task_id}:{user_id}:{stage_id}:{place}"


def tell(task: Task, user_id: int, stage_id: str, *, key: str, reason: str) -> None:
    """Have a learner told what was decided about a stage; ``key`` names the decision."""
    stage = config_of(task).find_stage(stage_id)
    people.add_news(
        key=f"{STAGE_DECIDED}:{task.pk}:{stage_id}:{user_id}:{key}",
        user_id=user_id,
        kind=STAGE_DECIDED,
        context={
            "course_name": edx_platform.get_course_title(CourseKey.from_string(task.course_id)),
            "task_title": task.title,
            "stage_title": name_stage(stage) if stage else "",
            "url": edx_platform.block_url(task.course_id, task.usage_key),
            "reason": reason,
        },
    )


def audit(task: Task, user_id: int, verb: str, actor_id: int, reason: str, data: Mapping[str, Any]) -> None:
    """Put an act on record."""
    people.record_audit(
        actor_id=actor_id,
        verb=verb,
        target=name_attempt(task.pk, user_id),
        context_key=task.course_id,
        reason=reason,
        data=dict(data),
    )
