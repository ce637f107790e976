"""A learner's grade in the hands of the course team: decided otherwise, reset, calculated again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import UsageKey

from people import api as people

from . import evaluation
from .access import check_learner
from .configurations import get_task
from .contributions import now
from .data import CaseConfigData
from .evidence import compute, list_own
from .exceptions import CaseNotFoundError, InvalidValueError
from .models import Contribution, Participation, Task
from .results import evaluate_learner, lock_participation, publish
from .targets import name_attempt


def override_grade(*, usage_key: UsageKey, user_id: int, actor_id: int | None, score: float, reason: str) -> None:
    """Let the team's grade hold instead of the evaluator's, until it is cleared.

    Raises InvalidValueError that names the field, and LearnerNotFoundError for somebody who is no learner here.
    """
    task = get_task(usage_key)
    check_learner(task, user_id)
    possible = CaseConfigData.from_json(task.config).possible
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= possible:
        raise InvalidValueError(_("The grade is from 0 to %(possible)g.") % {"possible": possible}, field="score")
    reason = reason.strip()
    if actor_id is not None and not reason:
        raise InvalidValueError(_("Give the reason: the learner reads it."), field="reason")
    with transaction.atomic():
        participation = lock_participation(task.pk, user_id)
        participation.override_score = float(score)
        participation.override_reason = reason[:500]
        participation.override_by = actor_id
        participation.override_at = now()
        publish(task, participation)
        participation.save()
        _audit(task, user_id, "grade.override", actor_id, reason, {"score": float(score)})


def clear_override(*, usage_key: UsageKey, user_id: int, actor_id: int | None) -> None:
    """Let the evaluator's grade hold again."""
    task = get_task(usage_key)
    if not Participation.objects.filter(task=task, user_id=user_id).exists():
        return
    with transaction.atomic():
        participation = lock_participation(task.pk, user_id)
        if participation.override_score is None:
            return
        participation.override_score, participation.override_reason = None, ""
        participation.override_by = participation.override_at = None
        participation.save()
        _audit(task, user_id, "grade.override_cleared", actor_id)
        evaluate_learner(task.pk, user_id)


def reset_learner(*, usage_key: UsageKey, user_id: int, actor_id: int | None) -> None:
    """Let a learner start afresh: what was written until now stays readable and no longer counts."""
    task = get_task(usage_key)
    with transaction.atomic():
        participation = lock_participation(task.pk, user_id)
        participation.ignore_before = now()
        participation.override_score, participation.override_reason = None, ""
        participation.save()
        Contribution.objects.filter(task=task, author_id=user_id).update(slot_key=None)
        _audit(task, user_id, "case.reset", actor_id)
        evaluate_learner(task.pk, user_id, void_reason="reset")


def rescore(*, usage_key: UsageKey, user_id: int, only_if_higher: bool = False, actor_id: int | None = None) -> None:
    """Calculate a learner's grade again, giving up the team's own decision unless that would lower it."""
    task = get_task(usage_key)
    calculated = calculate_score(usage_key=usage_key, user_id=user_id)
    present = get_score(usage_key=usage_key, user_id=user_id)
    if only_if_higher and present is not None and calculated[0] <= present[0]:
        return
    clear_override(usage_key=usage_key, user_id=user_id, actor_id=actor_id)
    evaluate_learner(task.pk, user_id)


def get_score(*, usage_key: UsageKey, user_id: int) -> tuple[float, float] | None:
    """Return what the grade book was last told, earned and possible; None when never."""
    participation = _find(usage_key, user_id)
    if participation is None or participation.published_earned is None or participation.published_possible is None:
        return None
    return participation.published_earned, participation.published_possible


def calculate_score(*, usage_key: UsageKey, user_id: int) -> tuple[float, float]:
    """Return what the evaluator says now, earned and possible, without keeping or publishing it."""
    task = get_task(usage_key)
    participation = _find(usage_key, user_id) or Participation(task=task, user_id=user_id)
    possible = CaseConfigData.from_json(task.config).possible
    result = compute(task, participation, list_own(task, user_id))
    return evaluation.scale(result, possible) or 0.0, possible


def has_taken_part(*, usage_key: UsageKey, user_id: int) -> bool:
    """Tell whether a learner posted something in a case that was not reset since."""
    participation = _find(usage_key, user_id)
    if participation is None:
        return False
    found = Contribution.objects.filter(task_id=participation.task_id, author_id=user_id)
    if participation.ignore_before:
        found = found.filter(created_at__gt=participation.ignore_before)
    return found.exists()


def _find(usage_key: UsageKey, user_id: int) -> Participation | None:
    try:
        task = get_task(usage_key)
    except CaseNotFoundError:
        return None
    return Participation.objects.filter(task=task, user_id=user_id).first()


def _audit(
    task: Task, user_id: int, verb: str, actor_id: int | None, reason: str = "", data: dict[str, Any] | None = None
) -> None:
    people.record_audit(
        actor_id=actor_id,
        verb=verb,
        target=name_attempt(task.pk, user_id),
        context_key=task.course_id,
        reason=reason,
        data=data,
    )
