"""What was interrupted is completed here: after each post, and by sweeps that may run at any time and twice.

A post may stand in the forum without its record (our receiver failed, or a process died outside a transaction), a
record may wait for counts, points or an evaluation, and a case may have closed with nobody there to notice.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from opaque_keys.edx.keys import CourseKey

from . import configurations, counts, edx_platform, phases
from .announcements import send_points
from .contributions import is_watched, now, record_deletion, record_post
from .data import ContributionKind, ContributionState, ForumPostData
from .exceptions import PositionExistsError
from .intents import Intent, acting, current_intent
from .models import Contribution, CourseSwitch, HelpfulMark, Participation, PendingEvaluation, Repair, Task
from .results import evaluate_pending

log = logging.getLogger(__name__)

_BATCH = 200


# -- after a post ------------------------------------------------------------------------------------------------------


def complete_contribution(contribution_id: int) -> None:
    """Fold the counts that a post changed and evaluate whom it concerns; safe to repeat.

    That is its author, those who wrote beneath it (a thread may have been moved), and, where a position is new, those
    who had nobody left to answer.
    """
    counts.fold_contribution(contribution_id)
    contribution = Contribution.objects.filter(pk=contribution_id).select_related("task").first()
    if contribution is None:
        return
    written = Contribution.objects.filter(Q(pk=contribution_id) | Q(root=contribution_id))
    authors = list(written.values_list("author_id", flat=True).distinct()[:_BATCH])
    # Also in the case that a moved thread has left. By course, because the queue has an index by case.
    due = PendingEvaluation.objects.filter(task__course_id=contribution.course_id, user_id__in=authors)
    for task_id in list(due.values_list("task_id", flat=True).distinct()):
        evaluate_pending(task_id=task_id, user_ids=authors)
    if contribution.task is None:
        return
    if contribution.kind == ContributionKind.POSITION and contribution.state == ContributionState.LIVE:
        configurations.await_everybody(contribution.task, is_waiting=True)
        evaluate_pending(task_id=contribution.task_id, limit=_BATCH)


def evaluate_task(task_id: int) -> int:
    """Evaluate everybody who waits for it in one case; return how many."""
    total = 0
    last = PendingEvaluation.objects.filter(task_id=task_id).order_by("-pk").values_list("pk", flat=True).first()
    while last is not None:
        done = evaluate_pending(task_id=task_id, limit=_BATCH)
        total += done
        if not done or not PendingEvaluation.objects.filter(task_id=task_id, attempts=0, pk__lte=last).exists():
            break
    return total


def evaluate_course(course_key: CourseKey, *, is_dry_run: bool = False) -> Iterator[tuple[str, int]]:
    """Evaluate everybody in the cases of a course again; yield title and number of people of each case."""
    for task in Task.objects.filter(course_id=str(course_key)).order_by("pk"):
        if is_dry_run:
            yield task.title, Participation.objects.filter(task=task, is_retired=False).count()
        else:
            configurations.await_everybody(task)
            yield task.title, evaluate_task(task.pk)


def mark_for_repair(forum_key: str, *, error: str) -> None:
    """Remember a post that could not be dealt with, and what our api meant by it."""
    intent = current_intent()
    Repair.objects.update_or_create(
        forum_key=forum_key,
        defaults={"intent": intent.to_json() if intent else {}, "error": error[:128]},
    )


# -- sweeps ------------------------------------------------------------------------------------------------------------


def sweep(*, limit: int = _BATCH, is_dry_run: bool = False) -> dict[str, int]:
    """Do everything that was left behind, at most ``limit`` of each, and return how many of each there were."""
    if is_dry_run:
        return {
            "repairs": Repair.objects.count(),
            "points": Contribution.objects.filter(points_due=1).count(),
            "counts": Contribution.objects.filter(fold_due=1).count() + HelpfulMark.objects.filter(fold_due=1).count(),
            "closings": _due_closings().count(),
            "evaluations": PendingEvaluation.objects.values("task", "user_id").distinct().count(),
        }
    return {
        "repairs": _repair_marked(limit),
        "points": _send_points(limit),
        "counts": counts.fold_due(limit=limit),
        "closings": settle_closings(),
        "evaluations": evaluate_pending(limit=limit),
    }


def settle_closings() -> int:
    """Have everybody evaluated in cases whose closing moment has passed; return how many cases."""
    done = 0
    for task_id in list(_due_closings().values_list("pk", flat=True)):
        with transaction.atomic():
            task = Task.objects.select_for_update().get(pk=task_id)
            if task.settle_at is not None and phases.is_closed(task, now()):
                configurations.await_everybody(task)
                Task.objects.filter(pk=task_id).update(settle_at=None)
                done += 1
    return done


def repair_forum(*, hours: int, is_dry_run: bool = False) -> dict[str, int]:
    """Compare the forum's posts of the last hours with our records, both ways; memory stays flat.

    Posts older than the day on which the course turned cases on are left alone.
    """
    since = now() - timedelta(hours=hours)
    missing = vanished = 0
    for kind in ("thread", "comment"):
        for key in _unrecorded(kind, since):
            missing += 1
            if not is_dry_run:
                _repair(key, {})
    for key in _recorded_without_post(since):
        vanished += 1
        if not is_dry_run:
            _repair(key, {})
    return {"missing": missing, "vanished": vanished}


def _repair_marked(limit: int) -> int:
    done = 0
    for row in list(Repair.objects.order_by("attempts", "pk")[:limit]):
        if _repair(row.forum_key, row.intent):
            Repair.objects.filter(pk=row.pk).delete()
            done += 1
        else:
            Repair.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1)
    return done


def _repair(key: str, intent: dict[str, Any]) -> bool:
    try:
        with transaction.atomic(), acting(Intent.from_json(intent)):
            post = edx_platform.find_post(key)
            contribution = _record(post) if post is not None else _record_gone(key)
        if contribution is not None:
            complete_contribution(contribution.pk)
    except Exception as error:  # noqa: BLE001 - one post's trouble must not stop the others
        log.error("Repair of %s failed: %s", key, type(error).__name__)
        return False
    return True


def _record(post: ForumPostData) -> Contribution | None:
    """Record a post as it was meant, or, when its author has taken that place meanwhile, as what it is now."""
    if not is_watched(post.course_id):
        return None
    try:
        with transaction.atomic():
            return record_post(post)
    except PositionExistsError:
        with acting(Intent()):
            return record_post(post)


def _record_gone(key: str) -> Contribution | None:
    """Record that a post is gone: by itself, or with what it stood under."""
    above = Contribution.objects.filter(forum_key=key).values_list("parent__forum_key", "root__forum_key").first() or ()
    wanted = {forum_key for forum_key in above if forum_key}
    return record_deletion(key, is_target=edx_platform.existing_keys(wanted) == wanted, actor_id=None)


def _send_points(limit: int) -> int:
    done = 0
    for contribution in Contribution.objects.filter(points_due=1).select_related("task", "root").order_by("pk")[:limit]:
        try:
            with transaction.atomic():
                send_points(contribution)
                Contribution.objects.filter(pk=contribution.pk, revision=contribution.revision).update(points_due=None)
            done += 1
        except Exception as error:  # noqa: BLE001
            log.error("Points of contribution %s failed again: %s", contribution.pk, type(error).__name__)
    return done


def _due_closings() -> QuerySet[Task]:
    return Task.objects.filter(settle_at__lt=now())


def _unrecorded(kind: str, since: datetime) -> Iterator[str]:
    after = 0
    watched: dict[str, bool] = {}
    started = dict(CourseSwitch.objects.filter(is_on=True).values_list("course_id", "changed_at"))
    while batch := edx_platform.list_posts(kind, after=after, since=since, limit=_BATCH):
        known = set(
            Contribution.objects.filter(forum_key__in=[post.key for _pk, post in batch]).values_list(
                "forum_key", flat=True
            )
        )
        for _pk, post in batch:
            if post.course_id not in watched:
                watched[post.course_id] = is_watched(post.course_id)
            begun = started.get(post.course_id)
            is_ours = watched[post.course_id] and (begun is None or post.created_at >= begun)
            if is_ours and post.key not in known:
                yield post.key
        after = batch[-1][0]


def _recorded_without_post(since: datetime) -> Iterator[str]:
    last = 0
    while True:
        rows = list(
            Contribution.objects.filter(
                pk__gt=last, state=ContributionState.LIVE, forum_key__isnull=False, created_at__gte=since
            )
            .order_by("pk")
            .values_list("pk", "forum_key")[:_BATCH]
        )
        if not rows:
            return
        keys = [key for _pk, key in rows if key is not None]
        present = edx_platform.existing_keys(keys)
        yield from (key for key in keys if key not in present)
        last = rows[-1][0]
