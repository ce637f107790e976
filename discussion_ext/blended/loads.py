"""How many reviewers each report has: the reports that stand, and who is asked to review them.

A load says for a report whether it may be given out and how many have it, so that the next reviewer gets one that
fewest have without anybody counting. Giving out is serialized by the row of the stage's task.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from discussion_ext.data import ContributionKind, ContributionState
from discussion_ext.models import Contribution, ReviewAssignment, ReviewLoad, Task
from people import api as people


def follow_author(task: Task, user_id: int) -> None:
    """Bring the loads of a learner's reports up to date: only the one that stands is given out."""
    standing = Contribution.objects.filter(
        task=task,
        author_id=user_id,
        kind=ContributionKind.POSITION,
        state=ContributionState.LIVE,
        slot_key__isnull=False,
    )
    groups = dict(standing.values_list("pk", "group_id"))
    known = dict(ReviewLoad.objects.filter(task=task, author_id=user_id).values_list("contribution_id", "is_open"))
    for contribution_id, is_open in known.items():
        if is_open != (contribution_id in groups):
            ReviewLoad.objects.filter(contribution_id=contribution_id).update(is_open=not is_open)
    for contribution_id, group_id in groups.items():
        if contribution_id not in known:
            row = ReviewLoad(task=task, contribution_id=contribution_id, author_id=user_id, group_id=group_id)
            people.insert_or_update(row, by=["contribution"])


def give(task: Task, *, parent: Task, stage_id: str, reviewer_id: int, group_id: int, wanted: int) -> list[int]:
    """Give a learner reports to review until there are ``wanted``, and return the ids of all that the learner has.

    A report that does not stand any more and was not reviewed is exchanged for another. Call it in a transaction.
    """
    _take_turns(task)
    # A locking read: it sees what others gave a moment ago, also at REPEATABLE READ.
    rows = ReviewAssignment.objects.select_for_update().filter(task=parent, stage_id=stage_id, reviewer_id=reviewer_id)
    assigned = list(rows.order_by("pk").values_list("contribution_id", flat=True))
    kept = _list_kept(task, reviewer_id, assigned)
    take_back(parent, stage_id=stage_id, reviewer_id=reviewer_id, contribution_ids=set(assigned) - set(kept))
    for load in _choose(task, reviewer_id, group_id, kept, wanted - len(kept)):
        ReviewAssignment.objects.create(
            task=parent, stage_id=stage_id, reviewer_id=reviewer_id, contribution_id=load.contribution_id
        )
        ReviewLoad.objects.filter(pk=load.pk).update(assigned=F("assigned") + 1)
        kept.append(load.contribution_id)
    return kept


def _choose(task: Task, reviewer_id: int, group_id: int, kept: Collection[int], number: int) -> list[ReviewLoad]:
    """Return reports that fewest have: of equals, those that came after the reviewer's own, then from the first on.

    So where everybody who handed in draws one, each report is given once, and nobody is left with their own.
    """
    chosen: list[ReviewLoad] = []
    mine = ReviewLoad.objects.filter(task=task, author_id=reviewer_id).order_by("-pk").values_list("pk", flat=True)
    own = mine.first() or 0
    free = _lock_open(task, group_id).exclude(author_id=reviewer_id).exclude(contribution_id__in=list(kept))
    while len(chosen) < number:
        left = free.exclude(pk__in=[load.pk for load in chosen])
        least = left.order_by("assigned", "pk").first()
        if least is None:
            break
        after = left.filter(assigned=least.assigned, pk__gt=own).order_by("pk").first()
        chosen.append(after or least)
    return chosen


def _take_turns(task: Task) -> None:
    Task.objects.select_for_update().get(pk=task.pk)


def _lock_open(task: Task, group_id: int) -> QuerySet[ReviewLoad]:
    """Return the reports of a group that stand, by a locking read: it sees what was given a moment ago."""
    return ReviewLoad.objects.select_for_update().filter(task=task, group_id=group_id, is_open=True)


def take_back(parent: Task, *, stage_id: str, reviewer_id: int, contribution_ids: Collection[int]) -> None:
    """Take reports back from a reviewer."""
    for contribution_id in sorted(contribution_ids):
        gone, _by_model = ReviewAssignment.objects.filter(
            task=parent, stage_id=stage_id, reviewer_id=reviewer_id, contribution_id=contribution_id
        ).delete()
        if gone:
            load = ReviewLoad.objects.filter(contribution_id=contribution_id)
            load.update(assigned=Greatest(F("assigned"), 1) - 1)


def _list_kept(task: Task, reviewer_id: int, assigned: Iterable[int]) -> list[int]:
    """Return those of these reports that stand, or that the learner has reviewed."""
    assigned = list(assigned)
    standing = set(
        ReviewLoad.objects.filter(contribution_id__in=assigned, is_open=True).values_list("contribution_id", flat=True)
    )
    reviewed = set(
        Contribution.objects.filter(task=task, author_id=reviewer_id, parent__in=assigned)
        .exclude(state=ContributionState.WITHDRAWN)
        .values_list("parent_id", flat=True)
    )
    return [contribution_id for contribution_id in assigned if contribution_id in standing | reviewed]
