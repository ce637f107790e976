"""What was interrupted is completed here, by sweeps that may run at any time and twice.

A record may wait for counts, points or an evaluation, and a case may have closed with nobody there to notice. What a
receiver missed is an errand (`missed`); a post without even that is found by comparing the forum with our records.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey

from gamification import api as gamification
from people import api as people

from . import configurations, counts, edx_platform, phases
from .announcements import send_points
from .consequences import complete_contribution
from .contributions import is_reworded, is_watched, now
from .data import ContributionState, ForumPostData, TaskKind
from .missed import repair_post
from .models import Contribution, CourseSwitch, HelpfulMark, PendingEvaluation, Task
from .results import evaluate_pending

log = logging.getLogger(__name__)

_BATCH = 200
MISSING: Final = "missing"
CHANGED: Final = "changed"
VANISHED: Final = "vanished"

#: The last row of a batch, and the keys of posts that differ, each with what is wrong.
Batch = tuple[int, list[tuple[str, str]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class RepairStep:
    """A batch of posts that was compared, in which part of the work, and which of them differed."""

    part: str
    last: int
    differing: list[tuple[str, str]]


def sweep(*, limit: int = _BATCH, is_dry_run: bool = False) -> dict[str, int]:
    """Do everything that was left behind, at most ``limit`` of each, and return how many of each there were."""
    if is_dry_run:
        return {
            "points": Contribution.objects.filter(points_due__isnull=False).count(),
            "counts": sum(
                rows.filter(fold_due__isnull=False).count() for rows in (Contribution.objects, HelpfulMark.objects)
            ),
            "closings": _due_closings().count(),
            "evaluations": PendingEvaluation.objects.values("task", "user_id").distinct().count(),
        }
    return {
        "points": _send_points(limit),
        "counts": counts.fold_due(limit=limit, complete=complete_contribution),
        "closings": settle_closings(limit=limit),
        "evaluations": evaluate_pending(limit=limit),
    }


def settle_closings(*, limit: int = _BATCH) -> int:
    """Have everybody evaluated in cases whose closing moment has passed, at most ``limit``; return how many cases.

    Those that fail are not among the ``limit``: they keep no others waiting.
    """
    due = list(_due_closings().order_by("settle_at", "pk").values_list("pk", flat=True))
    return sum(islice(filter(None, map(_try_to_settle, due)), limit))


def _try_to_settle(task_id: int) -> bool:
    try:
        return _settle(task_id)
    except Exception as error:  # noqa: BLE001 - one case's trouble must not stop the others
        log.error("discussion_ext.closing_failed task=%s error=%s", task_id, people.name_error(error))
        return False


@transaction.atomic
def _settle(task_id: int) -> bool:
    task = Task.objects.select_for_update().get(pk=task_id)
    if task.settle_at is None or not phases.is_closed(task, now()):
        return False
    configurations.await_everybody(task)
    Task.objects.filter(pk=task_id).update(settle_at=None)
    return True


def repair_forum(*, hours: int, is_dry_run: bool = False) -> dict[str, int]:
    """Compare the forum with our records as ``iter_repairs`` does, and return how many of each kind there were."""
    found: Counter[str] = Counter()
    for step in iter_repairs(since=now() - timedelta(hours=hours), is_dry_run=is_dry_run):
        found.update(what for _key, what in step.differing)
    return {what: found[what] for what in (MISSING, CHANGED, VANISHED)}


def iter_repairs(
    *, since: datetime, part: str = "thread", after: int = 0, is_dry_run: bool = False
) -> Iterator[RepairStep]:
    """Compare what was written since then with our records, both ways, mend what differs, and yield batch by batch.

    ``MISSING`` has no record, ``CHANGED`` has a record of another text or topic, ``VANISHED`` is a record without its
    post. Posts older than the day on which the course turned cases on are left alone. Memory stays flat. Given the
    ``part`` and the ``last`` row of a step it goes on after that one.
    """
    parts = list(_PARTS)
    for name in parts[parts.index(part) :]:
        for last, differing in _PARTS[name](since, after):
            for key, _what in [] if is_dry_run else differing:
                _try_to_repair(key)
            yield RepairStep(part=name, last=last, differing=differing)
        after = 0


def _try_to_repair(key: str) -> None:
    try:
        repair_post(key)
    except Exception as error:  # noqa: BLE001 - one post's trouble must not stop the others
        log.error("discussion_ext.repair_failed post=%s error=%s", key, people.name_error(error))


def _send_points(limit: int) -> int:
    """Tell the ledger what it has not heard; what failed goes behind the others, or some would wait for ever."""
    done = 0
    due = Contribution.objects.filter(points_due__isnull=False).select_related("task", "root")
    for contribution in due.order_by("points_due", "pk")[:limit]:
        try:
            with transaction.atomic():
                send_points(contribution)
                Contribution.objects.filter(pk=contribution.pk, revision=contribution.revision).update(points_due=None)
            gamification.fold_pending(
                user_id=contribution.author_id, course_key=CourseKey.from_string(contribution.course_id)
            )
            done += 1
        except Exception as error:  # noqa: BLE001
            name = people.name_error(error)
            log.error("discussion_ext.points_failed contribution=%s error=%s", contribution.pk, name)
            counts.put_behind(Contribution.objects.filter(pk=contribution.pk), "points_due")
    return done


def _due_closings() -> QuerySet[Task]:
    return Task.objects.filter(settle_at__lt=now(), kind=TaskKind.CASE)


def _differing(kind: str, since: datetime, after: int) -> Iterator[Batch]:
    watched: dict[str, bool] = {}
    started = dict(CourseSwitch.objects.filter(is_on=True).values_list("course_id", "changed_at"))
    while batch := edx_platform.list_posts(kind, after=after, since=since, limit=_BATCH):
        known = Contribution.objects.in_bulk([post.key for _pk, post in batch], field_name="forum_key")
        differing = []
        for _pk, post in batch:
            if post.key in known:
                if _is_changed(known[post.key], post):
                    differing.append((post.key, CHANGED))
                continue
            if post.course_id not in watched:
                watched[post.course_id] = is_watched(post.course_id)
            begun = started.get(post.course_id)
            if watched[post.course_id] and (begun is None or post.created_at >= begun):
                differing.append((post.key, MISSING))
        after = batch[-1][0]
        yield after, differing


def _is_changed(record: Contribution, post: ForumPostData) -> bool:
    """Tell whether the record of a post that stands is of another text or topic; former learners' are let be."""
    if record.is_erased or post.is_retired or record.state != ContributionState.LIVE:
        return False
    is_moved = post.is_thread and post.topic_id != record.topic_id
    return is_moved or is_reworded(record, post)


def _recorded_without_post(since: datetime, after: int) -> Iterator[Batch]:
    while True:
        rows = list(
            Contribution.objects.filter(
                pk__gt=after, state=ContributionState.LIVE, forum_key__isnull=False, created_at__gte=since
            )
            .order_by("pk")
            .values_list("pk", "forum_key")[:_BATCH]
        )
        if not rows:
            return
        keys = [key for _pk, key in rows if key is not None]
        present = edx_platform.existing_keys(keys)
        after = rows[-1][0]
        yield after, [(key, VANISHED) for key in keys if key not in present]


_PARTS: Final[dict[str, Callable[[datetime, int], Iterator[Batch]]]] = {
    "thread": partial(_differing, "thread"),
    "comment": partial(_differing, "comment"),
    "record": _recorded_without_post,
}
