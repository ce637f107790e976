"""What follows from a recorded post after the commit: counts and points are folded, whom it concerns is evaluated."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from opaque_keys.edx.keys import CourseKey

from gamification import api as gamification

from . import configurations, counts
from .announcements import announce_answer
from .boards.following import tell_followers
from .boards.owners import is_board_course
from .data import ContributionKind, ContributionState, TaskKind
from .kinds import kind_of
from .models import Contribution, Participation, PendingEvaluation, Task
from .results import evaluate_pending

_BATCH = 200


def complete_contribution(contribution_id: int) -> None:
    """Announce an answer, fold the counts and points that a post changed, evaluate whom it concerns; safe to repeat.

    These are its author, those who wrote beneath it (a thread may have been moved), and, where a position is new, those
    who had nobody left to answer.
    """
    contribution = Contribution.objects.filter(pk=contribution_id).select_related("task").first()
    if contribution is None:
        return
    # News come before the counts: while these are due, the sweep comes again.
    if is_board_course(contribution.course_id):
        tell_followers(contribution)
        counts.fold_contribution(contribution_id)
        return
    announce_answer(contribution)
    counts.fold_contribution(contribution_id)
    gamification.fold_pending(user_id=contribution.author_id, course_key=CourseKey.from_string(contribution.course_id))
    written = Contribution.objects.filter(Q(pk=contribution_id) | Q(root=contribution_id))
    authors = list(written.values_list("author_id", flat=True).distinct()[:_BATCH])
    # Also in the case that a moved thread has left. By course, because the queue has an index by case.
    due = PendingEvaluation.objects.filter(task__course_id=contribution.course_id, user_id__in=authors)
    for _round in range(2):  # a stage leaves its blended task to be evaluated
        for task_id in list(due.values_list("task_id", flat=True).distinct()):
            evaluate_pending(task_id=task_id, user_ids=authors)
    if contribution.task is None:
        return
    if contribution.kind == ContributionKind.POSITION and contribution.state == ContributionState.LIVE:
        # A report, too, is one that others of its blended task may have waited for.
        for task in filter(None, (contribution.task, contribution.task.parent)):
            configurations.await_everybody(task, is_waiting=True)
            evaluate_pending(task_id=task.pk, limit=_BATCH)


def evaluate_task(task_id: int) -> int:
    """Evaluate everybody who waits for it in one task; return how many."""
    task = Task.objects.get(pk=task_id)
    total = kind_of(task).evaluate_stale(task)
    last = PendingEvaluation.objects.filter(task_id=task_id).order_by("-pk").values_list("pk", flat=True).first()
    while last is not None:
        done = evaluate_pending(task_id=task_id, limit=_BATCH)
        total += done
        if not done or not PendingEvaluation.objects.filter(task_id=task_id, attempts=0, pk__lte=last).exists():
            break
    return total


def evaluate_course(course_key: CourseKey, *, is_dry_run: bool = False) -> Iterator[tuple[str, int]]:
    """Evaluate everybody in the tasks of a course again; yield title and number of people of each."""
    for task in Task.objects.filter(course_id=str(course_key)).exclude(kind=TaskKind.STAGE).order_by("pk"):
        if is_dry_run:
            yield task.title, Participation.objects.filter(task=task, is_retired=False).count()
        else:
            kind_of(task).await_everybody(task)
            yield task.title, evaluate_task(task.pk)
