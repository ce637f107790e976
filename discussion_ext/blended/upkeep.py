"""What blended tasks need to run well: their kinds, the job that looks at dates, exports, retention and ranges."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from discussion_ext.configurations import register_sync
from discussion_ext.contributions import now
from discussion_ext.data import BlendedConfigData, TaskKind
from discussion_ext.kinds import register_kind
from discussion_ext.models import Appeal, Participation, ReviewAssignment, StageDecision, StageStanding, Task, UnitDone
from people import api as people
from people.data import JobData, RangeData

from . import reminders, watch
from .enrolment import iter_enrolments
from .kind import BlendedKind
from .regrade import CHUNK, iter_regrade, look_due
from .tasks import sync_published
from .writing import StageOfTask

log = logging.getLogger(__name__)

_MONTH_SECONDS: Final = 31 * 24 * 3600
_CENTURY_DAYS: Final = 36_500


def register() -> None:
    """Make it known; called once, when the app is ready."""
    register_kind(TaskKind.BLENDED, BlendedKind())
    register_kind(TaskKind.STAGE, StageOfTask())
    register_sync(BlendedConfigData, sync_published)
    reminders.register()
    people.register_errand(watch.MISSED_LEARNER, watch.run_learner)
    people.register_errand(watch.MISSED_READER, watch.run_reader)
    people.register_ranges(RANGES)
    people.register_job(SWEEP)
    people.register_retention(
        "appeals",
        setting="DISCUSSION_EXT_APPEALS_KEEP_DAYS",
        says="Deletes questions of learners about a stage, with their answers, some time after the answer.",
        find=find_old_appeals,
        act=delete_appeals,
    )
    _register_exports()


# -- the sweep ---------------------------------------------------------------------------------------------------------


def sweep_blended_tasks(*, limit: int) -> Generator[Mapping[str, int], None, None]:
    """Evaluate again where a configuration changed, then whoever's moment has passed, at most ``limit`` of these.

    What is not reached stays marked, and is found by the next run; a task that fails holds up no other.
    """
    for task in list(_changed().order_by("pk")):
        yield from _shielded(task, _look_at_changed(task))
    left, moment = limit, now()
    for task in list(Task.objects.filter(pk__in=_due(moment).values("task_id")).order_by("pk")):
        for counts in _shielded(task, _look_at_due(task, moment, left)):
            left -= counts["dates looked at"]
            yield counts


def _look_at_changed(task: Task) -> Iterator[Mapping[str, int]]:
    for made in iter_enrolments(task):
        yield {"learners added": made}
    for chunk in iter_regrade(task.pk):
        yield {"results looked at": chunk.looked_at, "results changed": chunk.changed}


def _look_at_due(task: Task, moment: datetime, limit: int) -> Iterator[Mapping[str, int]]:
    left = limit
    while left > 0 and (done := look_due(task, moment=moment, limit=min(CHUNK, left))):
        left -= done
        yield {"dates looked at": done}


def _shielded(task: Task, work: Iterator[Mapping[str, int]]) -> Iterator[Mapping[str, int]]:
    try:
        yield from work
    except Exception as error:  # noqa: BLE001 - one task's trouble must not stop the others
        log.error("discussion_ext.sweep_failed task=%s error=%s", task.pk, people.name_error(error))


def look_at_blended_tasks() -> Mapping[str, int]:
    """Count what a run would look at."""
    stale = Participation.objects.filter(task__in=_changed()).count()
    return {
        "tasks that changed": _changed().count(),
        "results to be looked at": stale,
        "dates to be looked at": _due(now()).count(),
    }


def _changed() -> QuerySet[Task]:
    return Task.objects.filter(kind=TaskKind.BLENDED, is_active=True, settle_at__lte=now())


def _due(moment: datetime) -> QuerySet[Participation]:
    due = Participation.objects.filter(next_look_at__lte=moment, is_retired=False)
    return due.filter(task__kind=TaskKind.BLENDED, task__is_active=True)


# -- what is kept of people --------------------------------------------------------------------------------------------


def find_old_appeals(before: datetime) -> QuerySet[Appeal]:
    """Return questions that were answered before a moment."""
    return Appeal.objects.filter(answered_at__lt=before)


def delete_appeals(appeals: QuerySet[Appeal]) -> int:
    """Delete questions; that somebody decided stays in the audit log."""
    return appeals.delete()[0]


def _register_exports() -> None:
    people.register_export(
        "discussion_ext.standings",
        title="Where you stand in stages of blended tasks",
        model="discussion_ext.StageStanding",
        columns={
            "task_id": "Task",
            "stage_id": "Stage",
            "state": "State",
            "share": "Share of the stage",
            "is_late": "Late",
        },
        rows=lambda user_id: StageStanding.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "discussion_ext.decisions",
        title="Decisions about your stages, and those you made",
        model="discussion_ext.StageDecision",
        columns={
            "task_id": "Task",
            "stage_id": "Stage",
            "is_yours": "About you",
            "kind": "Kind",
            "until": "More time until",
            "share": "Share",
            "reason": "Reason",
            "created_at": "Decided at",
            "revoked_at": "Taken back at",
        },
        rows=_list_decisions,
    )
    people.register_export(
        "discussion_ext.units",
        title="Units you finished for a task",
        model="discussion_ext.UnitDone",
        columns={"course_id": "Course", "block_id": "Unit", "done_at": "Finished at"},
        rows=lambda user_id: UnitDone.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "discussion_ext.reviews",
        title="Reports you were asked to review",
        model="discussion_ext.ReviewAssignment",
        columns={"task_id": "Task", "stage_id": "Stage", "contribution_id": "Report", "created_at": "Drawn at"},
        rows=lambda user_id: ReviewAssignment.objects.filter(reviewer_id=user_id).order_by("pk"),
    )
    people.register_export(
        "discussion_ext.appeals",
        title="Your questions about stages, and those you answered",
        model="discussion_ext.Appeal",
        columns={
            "task_id": "Task",
            "stage_id": "Stage",
            "is_yours": "Asked by you",
            "text": "Question (yours only)",
            "asked_at": "Asked at",
            "answer": "Answer",
            "answered_at": "Answered at",
        },
        rows=_list_appeals,
    )


def _list_decisions(user_id: int) -> Iterator[Mapping[str, Any]]:
    """Yield decisions about a person, and what the person decided about others, without saying about whom."""
    about_or_by = Q(user_id=user_id) | Q(actor_id=user_id) | Q(revoked_by=user_id)
    for row in StageDecision.objects.filter(about_or_by).order_by("pk").iterator():
        is_yours = row.user_id == user_id
        yield {
            "task_id": row.task_id,
            "stage_id": row.stage_id,
            "is_yours": is_yours,
            "kind": row.kind,
            "until": row.until,
            "share": row.share,
            "reason": row.reason if is_yours or row.actor_id == user_id else "",
            "created_at": row.created_at,
            "revoked_at": row.revoked_at,
        }


def _list_appeals(user_id: int) -> Iterator[Mapping[str, Any]]:
    for row in Appeal.objects.filter(Q(user_id=user_id) | Q(answered_by=user_id)).order_by("pk").iterator():
        is_yours = row.user_id == user_id
        yield {
            "task_id": row.task_id,
            "stage_id": row.stage_id,
            "is_yours": is_yours,
            "text": row.text if is_yours else "",
            "asked_at": row.asked_at,
            "answer": row.answer,
            "answered_at": row.answered_at,
        }


SWEEP: Final = JobData(
    name="discussion_ext.sweep_blended_tasks",
    says="Evaluates blended tasks whose dates have passed or whose configuration changed, and asks for reminders.",
    work=sweep_blended_tasks,
    look=look_at_blended_tasks,
    limit=5000,
)
RANGES: Final = (
    RangeData.whole("DISCUSSION_EXT_GRACE_SECONDS", 0, 3600),
    RangeData.whole("DISCUSSION_EXT_APPEAL_DAYS", 0, 366),
    RangeData.number("DISCUSSION_EXT_SWEEP_BLENDED_EVERY_SECONDS", 0, _MONTH_SECONDS),
    RangeData.whole("DISCUSSION_EXT_APPEALS_KEEP_DAYS", 0, _CENTURY_DAYS),
)
