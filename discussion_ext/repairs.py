"""What was interrupted is completed here, by sweeps that may run at any time and twice.

A record may wait for counts, points or an evaluation, and a case may have closed with nobody there to notice. What a
receiver missed is an errand (`missed`); a post without even that is found by comparing the forum with our records.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from people import api as people

from . import configurations, counts, edx_platform, phases
from .announcements import send_points
from .contributions import is_watched, now
from .data import ContributionState
from .missed import repair_post
from .models import Contribution, CourseSwitch, HelpfulMark, PendingEvaluation, Task
from .results import evaluate_pending

log = logging.getLogger(__name__)

_BATCH = 200


def sweep(*, limit: int = _BATCH, is_dry_run: bool = False) -> dict[str, int]:
    """Do everything that was left behind, at most ``limit`` of each, and return how many of each there were."""
    if is_dry_run:
        return {
            "points": Contribution.objects.filter(points_due=1).count(),
            "counts": Contribution.objects.filter(fold_due=1).count() + HelpfulMark.objects.filter(fold_due=1).count(),
            "closings": _due_closings().count(),
            "evaluations": PendingEvaluation.objects.values("task", "user_id").distinct().count(),
        }
    return {
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
                _try_to_repair(key)
    for key in _recorded_without_post(since):
        vanished += 1
        if not is_dry_run:
            _try_to_repair(key)
    return {"missing": missing, "vanished": vanished}


def _try_to_repair(key: str) -> None:
    try:
        repair_post(key)
    except Exception as error:  # noqa: BLE001 - one post's trouble must not stop the others
        log.error("discussion_ext.repair_failed post=%s error=%s", key, people.name_error(error))


def _send_points(limit: int) -> int:
    done = 0
    for contribution in Contribution.objects.filter(points_due=1).select_related("task", "root").order_by("pk")[:limit]:
        try:
            with transaction.atomic():
                send_points(contribution)
                Contribution.objects.filter(pk=contribution.pk, revision=contribution.revision).update(points_due=None)
            done += 1
        except Exception as error:  # noqa: BLE001
            name = people.name_error(error)
            log.error("discussion_ext.points_failed contribution=%s error=%s", contribution.pk, name)
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
