"""A learner's grade in the hands of the course team: decided otherwise, reset, calculated again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import UsageKey

from people import api as people

from .access import check_learner
from .configurations import get_task
from .contributions import now
from .exceptions import CaseNotFoundError, InvalidValueError
from .kinds import kind_of
from .models import Participation, Task
from .results import evaluate_learner, lock_participation, publish
from .targets import name_attempt


def override_grade(*, usage_key: UsageKey, user_id: int, actor_id: int | None, score: float, reason: str) -> None:
    """Let the team's grade hold instead of the evaluator's, until it is cleared.

    Raises InvalidValueError that names the field, and LearnerNotFoundError for somebody who is no learner here.
    """
    task = get_task(usage_key)
    check_learner(task, user_id)
    possible = kind_of(task).possible(task)
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
        kind_of(task).start_afresh(task, participation)
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
    kind = kind_of(task)
    return kind.grade(task, kind.compute(task, participation)) or 0.0, kind.possible(task)


def has_taken_part(*, usage_key: UsageKey, user_id: int) -> bool:
    """Tell whether a learner did something in a task that was not reset since."""
    participation = _find(usage_key, user_id)
    return participation is not None and kind_of(participation.task).has_taken_part(participation)


def _find(usage_key: UsageKey, user_id: int) -> Participation | None:
    try:
        task = get_task(usage_key)
    except CaseNotFoundError:
        return None
    return Participation.objects.filter(task=task, user_id=user_id).select_related("task").first()


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
