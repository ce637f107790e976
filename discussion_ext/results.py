"""Where a learner stands: evaluated from the evidence, stored with its reasons, published when it changed.

What is evaluated, and what the ledger hears of it, is the business of each kind of task (`kinds`); here its verdict is
kept and told to the grade book and completion. A grade decided by the team wins and is left alone by whatever happens
later.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from edx_django_utils.monitoring import set_custom_attribute
from opaque_keys.edx.keys import UsageKey

from people import api as people

from . import edx_platform
from .contributions import now
from .kinds import Verdict, kind_of
from .models import Participation, PendingEvaluation, Task

log = logging.getLogger(__name__)


# -- evaluating --------------------------------------------------------------------------------------------------------


def evaluate_learner(task_id: int, user_id: int, *, void_reason: str = "unmet") -> Verdict | None:
    """Evaluate one learner now, keep the result and publish what changed; None for a retired person.

    ``void_reason`` is what the ledger is told when something finished is finished no more.

    Safe to repeat and to run beside other evaluations: the participation's row is locked throughout. What waited for
    this evaluation is done with it, unless somebody else evaluated since this transaction began to read: then its
    view of the evidence may be old, and the waiting rows stay for a fresh transaction.
    """
    with transaction.atomic():
        seen = Participation.objects.filter(task_id=task_id, user_id=user_id).values_list("evaluated_at", flat=True)
        seen_at = seen.first()
        participation = lock_participation(task_id, user_id)
        if participation.evaluated_at == seen_at:
            _forget_waiting(task_id, user_id)
        else:
            PendingEvaluation.objects.create(task_id=task_id, user_id=user_id)
        if participation.is_retired:
            return None
        task = Task.objects.get(pk=task_id)
        result = kind_of(task).settle(task, participation, reason=void_reason)
        participation.config_version = result.config_version
        participation.evaluated_at = result.evaluated_at
        participation.earned, participation.possible = score_of(task, participation, result)
        participation.completion = result.completion
        publish(task, participation)
        participation.save()
    return result


def _forget_waiting(task_id: int, user_id: int) -> None:
    """Delete the waiting rows that this transaction sees: others may be on their way.

    One by one, by their keys: for a list of keys the server may walk the whole table, and would wait for the rows that
    others are inserting, while these wait for us.
    """
    waiting = PendingEvaluation.objects.filter(task_id=task_id, user_id=user_id)
    for pk in list(waiting.values_list("pk", flat=True)):
        PendingEvaluation.objects.filter(pk=pk).delete()


def lock_participation(task_id: int, user_id: int) -> Participation:
    """Return a learner's row in a task, made where there was none, locked until the transaction ends."""
    who = {"task_id": task_id, "user_id": user_id}
    if not Participation.objects.filter(**who).exists():
        # Not get_or_create: under REPEATABLE READ it cannot see the row that somebody else has just made.
        people.insert_or_update(Participation(**who), by=["task", "user_id"])
    return Participation.objects.select_for_update().get(**who)


def score_of(task: Task, participation: Participation, result: Verdict | None = None) -> tuple[float, float]:
    """Return the grade that holds, earned and possible, with the team's own decision applied.

    Where nothing was possible for the learner, the grade stays what it was.
    """
    kind = kind_of(task)
    possible = kind.possible(task)
    if participation.override_score is not None:
        return min(participation.override_score, possible), possible
    result = result or kind.load(participation)
    earned = kind.grade(task, result) if result is not None else None
    return min(participation.earned, possible) if earned is None else earned, possible


def is_fresh(task: Task, participation: Participation) -> bool:
    """Tell whether the stored evaluation is of this configuration and of this moment."""
    return kind_of(task).is_fresh(task, participation)


# -- telling -----------------------------------------------------------------------------------------------------------


def publish(task: Task, participation: Participation) -> None:
    """Tell grade book and completion what changed since they were last told, lower values too."""
    if not kind_of(task).is_published:
        return
    usage_key = UsageKey.from_string(task.usage_key)
    earned, possible = score_of(task, participation)
    if is_score_new(participation, earned, possible) and shielded(
        task,
        participation.user_id,
        lambda: edx_platform.publish_score(
            user_id=participation.user_id, usage_key=usage_key, earned=earned, possible=possible
        ),
    ):
        participation.published_earned, participation.published_possible = earned, possible
    completion = participation.completion
    if completion != (participation.published_completion or 0.0) and shielded(
        task,
        participation.user_id,
        lambda: edx_platform.publish_completion(
            user_id=participation.user_id, usage_key=usage_key, completion=completion
        ),
    ):
        participation.published_completion = completion


def is_score_new(participation: Participation, earned: float, possible: float) -> bool:
    """Tell whether the grade book has to hear of a grade: of a first one only when it is more than nothing."""
    told = (participation.published_earned, participation.published_possible)
    is_first = told[0] is None and participation.override_score is None
    return told != (earned, possible) and bool(earned or not is_first)


def shielded(task: Task, user_id: int, tell: Callable[[], Any]) -> bool:
    """Tell a neighbour in a savepoint; when it fails, leave the learner to be evaluated again and return False."""
    try:
        with transaction.atomic():
            tell()
    except Exception as error:  # noqa: BLE001 - whatever the neighbour does, the post and its verdict stand
        name = people.name_error(error)
        log.error("discussion_ext.telling_failed user=%s task=%s error=%s", user_id, task.pk, name)
        PendingEvaluation.objects.create(task=task, user_id=user_id, attempts=1)
        return False
    return True


# -- what is left to do ------------------------------------------------------------------------------------------------


def evaluate_pending(*, task_id: int | None = None, user_ids: Collection[int] | None = None, limit: int = 200) -> int:
    """Evaluate learners who are waiting for it, at most ``limit`` rows; return how many learners were evaluated."""
    rows = PendingEvaluation.objects.order_by("attempts", "pk")
    if task_id is not None:
        rows = rows.filter(task_id=task_id)
    if user_ids is not None:
        rows = rows.filter(user_id__in=user_ids)
    people_due: dict[tuple[int, int], list[int]] = {}
    waiting_since: list[datetime] = []
    for pk, due_task, due_user, since in rows.values_list("pk", "task_id", "user_id", "created_at")[:limit]:
        people_due.setdefault((due_task, due_user), []).append(pk)
        waiting_since.append(since)
    if waiting_since:
        # .. custom_attribute_name: community_evaluation_wait_seconds
        # .. custom_attribute_description: How long the learner has waited who waited longest for this evaluation.
        set_custom_attribute("community_evaluation_wait_seconds", int((now() - min(waiting_since)).total_seconds()))
    done = 0
    for (due_task, due_user), ids in people_due.items():
        try:
            evaluate_learner(due_task, due_user)
            done += 1
        except Exception as error:  # noqa: BLE001 - one person's trouble must not stop the others
            name = people.name_error(error)
            log.error("discussion_ext.evaluation_failed user=%s task=%s error=%s", due_user, due_task, name)
            for pk in ids:
                PendingEvaluation.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
    return done
