"""Counts kept beside posts and groups, so that a page never counts: folded after the commit, each fact exactly once.

A row says itself whether it is counted (``is_counted``) and has to be looked at (``fold_due``). Looking twice, late or
after a crash gives the same counts.

Rows are locked in one order: a post after those that it stands under, by id, then the group. One row at a time: for a
list of ids the server may walk the whole table and lock what nobody asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from django.db import OperationalError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Least

from people import api as people

from .boards.folding import fold_post
from .boards.owners import is_board_course
from .data import ContributionKind, ContributionState
from .models import Contribution, HelpfulMark, TaskGroup

log = logging.getLogger(__name__)

_BATCH = 200
_LAST_IN_LINE: Final = 30_000


def fold_contribution(contribution_id: int) -> None:
    """Bring the counts of group and parent up to date with one post."""
    _ensure_group(contribution_id)
    with transaction.atomic():
        rows = lock_with_above(contribution_id)
        contribution = rows.get(contribution_id)
        if contribution is None or contribution.fold_due is None:
            return
        was_counted = contribution.is_counted
        _apply(contribution, is_wanted=contribution.state == ContributionState.LIVE)
        Contribution.objects.filter(pk=contribution_id).update(
            fold_due=None, is_counted=contribution.is_counted, ordinal=contribution.ordinal
        )
        if is_board_course(contribution.course_id):
            fold_post(contribution, step=int(contribution.is_counted) - int(was_counted))


def fold_mark(mark_id: int) -> None:
    """Bring the helpful count of a post up to date with one mark."""
    with transaction.atomic():
        contribution_id = HelpfulMark.objects.filter(pk=mark_id).values_list("contribution_id", flat=True).first()
        if contribution_id is None:
            return
        Contribution.objects.select_for_update().get(pk=contribution_id)
        mark = HelpfulMark.objects.select_for_update().get(pk=mark_id)
        if mark.is_on != mark.is_counted:
            step = 1 if mark.is_on else -1
            Contribution.objects.filter(pk=contribution_id).update(helpful=F("helpful") + step)
        HelpfulMark.objects.filter(pk=mark_id).update(is_counted=mark.is_on, fold_due=None)


def fold_due(*, limit: int = _BATCH, complete: Callable[[int], None] = fold_contribution) -> int:
    """Fold what was left behind, at most ``limit`` posts and as many marks; return how many rows were done.

    ``complete`` folds a post, with what else follows from it.
    """
    posts = _fold_each(Contribution.objects.all(), complete, limit)
    return posts + _fold_each(HelpfulMark.objects.all(), fold_mark, limit)


def _fold_each(rows: QuerySet[Any], fold: Callable[[int], None], limit: int) -> int:
    due = rows.filter(fold_due__isnull=False).order_by("fold_due", "pk").values_list("pk", flat=True)
    return sum(_try(fold, pk, rows) for pk in list(due[:limit]))


def _try(fold: Callable[[int], None], pk: int, rows: QuerySet[Any]) -> bool:
    try:
        fold(pk)
    except Exception as error:  # noqa: BLE001 - one row's trouble must not stop the others
        log.error("discussion_ext.count_failed act=%s row=%s error=%s", fold.__name__, pk, people.name_error(error))
        put_behind(rows.filter(pk=pk), "fold_due")
        return False
    return True


def put_behind(row: QuerySet[Any], due: str) -> None:
    """Let a row that failed wait behind the others, or some would wait for ever. One that somebody has stays in place.

    ``due`` names the column that says that it waits: 1, and more the more often it failed.
    """
    waiting = row.filter(**{f"{due}__isnull": False})
    with suppress(OperationalError), transaction.atomic():
        if waiting.select_for_update(nowait=True).exists():
            waiting.update(**{due: Least(F(due) + 1, _LAST_IN_LINE)})


def leave(contribution: Contribution) -> None:
    """Take a post out of the counts of the case it leaves; the caller saves it."""
    _apply(contribution, is_wanted=False)


def _apply(contribution: Contribution, *, is_wanted: bool) -> None:
    if contribution.is_counted == is_wanted:
        return
    step = 1 if is_wanted else -1
    if contribution.kind == ContributionKind.POSITION and contribution.task_id:
        _count_position(contribution.task_id, contribution, step)
    if contribution.parent_id and contribution.kind != ContributionKind.LOOK_BACK:
        _count_reply(contribution, step)
    contribution.is_counted = is_wanted


def _count_position(task_id: int, contribution: Contribution, step: int) -> None:
    group = TaskGroup.objects.filter(task_id=task_id, group_id=contribution.group_id)
    name = "team_positions" if contribution.is_team else "positions"
    group.update(**{name: F(name) + step})


def _ensure_group(contribution_id: int) -> None:
    """Make sure that there is a row to count a position in, before any lock is taken."""
    where = Contribution.objects.filter(pk=contribution_id, kind=ContributionKind.POSITION)
    for task_id, group_id in where.values_list("task_id", "group_id"):
        if task_id is not None and not TaskGroup.objects.filter(task_id=task_id, group_id=group_id).exists():
            people.insert_or_update(TaskGroup(task_id=task_id, group_id=group_id), by=["task", "group_id"])


def _count_reply(contribution: Contribution, step: int) -> None:
    """Replies by others count as answers of their parent; every reply gets its number within the discussion."""
    if contribution.parent_id and contribution.author_id != contribution.parent_author_id:
        Contribution.objects.filter(pk=contribution.parent_id).update(answers=F("answers") + step)
    if contribution.ordinal is None and contribution.root_id:
        root = Contribution.objects.filter(pk=contribution.root_id)
        root.update(answers_ever=F("answers_ever") + 1)
        contribution.ordinal = root.values_list("answers_ever", flat=True).get()


def lock_with_above(contribution_id: int, *, waits: bool = True) -> dict[int, Contribution]:
    """Lock a post and what it stands under, by id, and return them by id; each knows those above it as they are now.

    Without ``waits`` it raises OperationalError where somebody else has one of them. Receivers come after locks of the
    forum's own, for which those may be waiting who have ours: they never wait, an errand does it (decision 0011).
    """
    above = Contribution.objects.filter(pk=contribution_id).values_list("parent_id", "root_id").first() or ()
    ids = sorted({pk for pk in (contribution_id, *above) if pk is not None})
    locked = (Contribution.objects.select_for_update(nowait=not waits).filter(pk=pk).first() for pk in ids)
    rows = {row.pk: row for row in locked if row is not None}
    for row in rows.values():
        if row.parent_id in rows:
            row.parent = rows[row.parent_id]
        if row.root_id in rows:
            row.root = rows[row.root_id]
    return rows


def lock_beneath(contribution: Contribution) -> list[Contribution]:
    """Lock what stands beneath a locked post, and return it by id: also what came since the transaction first read."""
    locked = Contribution.objects.select_for_update()
    found = locked.filter(root=contribution) if contribution.root_id is None else locked.filter(parent=contribution)
    return [locked.get(pk=pk) for pk in sorted(found.values_list("pk", flat=True))]
