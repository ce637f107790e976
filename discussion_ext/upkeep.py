"""What this package needs to run well: its share of errands, jobs and checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final

from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from people import api as people
from people.data import JobData, JobStepData

from . import api, checks, exports, missed, news, reminders, retention
from .attendance import upkeep as attendance
from .blended import upkeep as blended
from .boards import upkeep as boards
from .case_results import CaseKind
from .data import ErrandKind, TaskKind
from .kinds import register_kind
from .sessions import upkeep as sessions

Counts = Mapping[str, int]

REPAIR: Final = "discussion_ext.repair_contributions"

_SWEEP_BATCH = 200
_REPAIR_HOURS: Final = 48
_REPAIR_MARGIN: Final = timedelta(days=1)


def register() -> None:
    """Make it known; called once, when the app is ready."""
    checks.register()
    attendance.register()
    sessions.register()
    boards.register()
    exports.register()
    retention.register()
    news.register()
    register_kind(TaskKind.CASE, CaseKind())
    blended.register()
    people.register_errand(ErrandKind.POST, missed.run_post)
    people.register_errand(ErrandKind.VOTE, missed.run_vote)
    people.register_errand(ErrandKind.FLAG, missed.run_flag)
    people.register_errand(ErrandKind.COURSE, missed.run_course)
    for job in JOBS:
        people.register_job(job)


def sweep_discussions(*, limit: int) -> Generator[Counts, None, None]:
    """Complete what was interrupted, at most ``limit`` rows."""
    return people.in_batches(lambda number: api.sweep(limit=number), limit=limit, size=_SWEEP_BATCH)


def look_at_sweep() -> Counts:
    """Count what was interrupted."""
    return api.sweep(is_dry_run=True)


def hours_to_repair() -> int:
    """Return how far a repair looks back: two days, or a day beyond the last one that succeeded, if that was before."""
    (succeeded_at,) = (job.last_succeeded_at for job in people.list_jobs() if job.name == REPAIR)
    since = timezone.now() - succeeded_at if succeeded_at else timedelta()
    return max(_REPAIR_HOURS, ceil((since + _REPAIR_MARGIN) / timedelta(hours=1)))


def repair_contributions(
    *, hours: int | None = None, resume: Mapping[str, Any] | None = None
) -> Generator[JobStepData, None, None]:
    """Compare the posts of the last hours with our records, and repair.

    Where that took longer than the next repair looks back, what was written meanwhile is compared too.
    """
    began = timezone.now()
    since, place = began - timedelta(hours=hours or hours_to_repair()), {}
    if resume is not None:
        began, since = datetime.fromisoformat(resume["began"]), datetime.fromisoformat(resume["since"])
        place = {"part": resume["part"], "after": resume["after"]}
    while True:
        window = {"began": began.isoformat(), "since": since.isoformat()}
        for step in api.iter_repairs(since=since, **place):
            counts = Counter(_REPAIRS[what] for _key, what in step.differing)
            yield JobStepData(counts=counts, cursor={**window, "part": step.part, "after": step.last})
        if timezone.now() - began < _REPAIR_MARGIN:
            return
        began, since, place = timezone.now(), began, {}


def look_at_repairs(*, hours: int | None = None) -> Counts:
    """Compare the posts of the last hours with our records."""
    found = api.repair_forum(hours=hours or hours_to_repair(), is_dry_run=True)
    return {_REPAIRS[what]: number for what, number in found.items()}


def evaluate_cases(*, course_key: CourseKey) -> Generator[Counts, None, None]:
    """Evaluate everybody in a course, case by case."""
    for _title, number in api.evaluate_course(course_key):
        yield {"cases": 1, "people evaluated": number}


def look_at_cases(*, course_key: CourseKey) -> Counts:
    """Count who would be evaluated."""
    found: Counter[str] = Counter()
    for _title, number in api.evaluate_course(course_key, is_dry_run=True):
        found.update({"cases": 1, "people to be evaluated": number})
    return found


_REPAIRS = {
    "missing": "posts without a record",
    "changed": "records of another text",
    "vanished": "records without a post",
}
JOBS = (
    JobData(
        name="discussion_ext.sweep_discussions",
        says="Evaluates who waits, closes what is due, sends points and recounts what was interrupted.",
        work=sweep_discussions,
        look=look_at_sweep,
        limit=5000,
    ),
    JobData(
        name="discussion_ext.remind_of_cases",
        says="Tells learners which cases have opened and which close soon.",
        work=reminders.remind_of_cases,
        look=reminders.look_at_cases,
        limit=None,
        is_resumable=True,
        seconds=people.LONG_SECONDS,
    ),
    JobData(
        name=REPAIR,
        says="Compares the forum with the contributions and repairs both ways.",
        work=repair_contributions,
        look=look_at_repairs,
        limit=None,
        is_resumable=True,
        seconds=people.LONG_SECONDS,
    ),
    JobData(
        name="discussion_ext.evaluate_cases",
        says="Evaluates everybody in the cases of a course again.",
        work=evaluate_cases,
        look=look_at_cases,
        limit=None,
        is_single=False,
        lease_minutes=60,
        seconds=None,
    ),
    JobData(
        name="discussion_ext.backfill_contributions",
        says="Takes up what was in the forum before us.",
        work=api.backfill_contributions,
        look=api.look_at_history,
        limit=None,
        # An operator who starts it again after a crash should not wait long; each batch takes a moment.
        lease_minutes=2,
        seconds=None,
    ),
)
