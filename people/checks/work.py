"""Is the work in the background done: periodic jobs, errands, mail?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Min, QuerySet
from django.utils import timezone

from people.data import DeliveryState, JobStatusData, SeenData
from people.models import Delivery, Errand
from people.moments import format_utc
from people.upkeep import errands, jobs

#: A sum over more rows than these is not taken: the doctor says "10000 or more".
MOST: Final = 10_000

_START: Final = (
    "See that a Celery beat with the LMS's settings and a worker run, or that cron runs every few minutes: "
    "manage.py lms run_community_jobs."
)
_LATE = timedelta(hours=1)
_VERY_LATE = timedelta(days=1)
_RECENT = timedelta(days=7)


def check_jobs() -> Iterator[SeenData]:
    """See that every periodic job ran lately, whoever runs it: beat, cron or somebody by hand."""
    known = [job for job in jobs.list_jobs() if job.every_seconds]
    if not known:
        yield SeenData.skipped("No job has an interval.")
    never = [job.name for job in known if job.last_succeeded_at is None and not job.failures]
    if never:
        yield SeenData.warning(f"Never run: {', '.join(never)}.", _START)
    troubled = [seen for job in known if job.name not in never and (seen := _look_at_job(job)) is not None]
    yield from troubled
    if known and not troubled and not never:
        yield SeenData.ok(f"{len(known)} jobs run in time.")


def check_errands() -> Iterator[SeenData]:
    """See that what receivers left to be done is done."""
    now = timezone.now()
    stuck = errands.list_stuck_errands(limit=MOST)
    if stuck:
        kinds = sorted({f"{errand.kind} ({errand.error or 'nobody here knows it'})" for errand in stuck})
        yield SeenData.failure(
            f"{count_in_words(len(stuck))} errands fail again and again: {', '.join(kinds[:5])}.",
            "Mend what the named errors say, then choose them in the admin under Errands and run them again.",
        )
    late, oldest = _count(Errand.objects.filter(due_at__lt=now - _LATE), "due_at")
    if late:
        yield _say_late(f"{count_in_words(late)} errands wait", oldest, command="run_errands")
    if not stuck and not late:
        yield SeenData.ok("No errand waits longer than it should.")


def check_deliveries() -> Iterator[SeenData]:
    """See that mail goes out, and that nobody has to decide about mail of unknown fate."""
    now = timezone.now()
    pending, oldest = _count(Delivery.objects.filter(state=DeliveryState.PENDING, due_at__lt=now - _LATE), "due_at")
    unknown, _ = _count(Delivery.objects.filter(state=DeliveryState.UNKNOWN), "due_at")
    failed, _ = _count(Delivery.objects.filter(state=DeliveryState.FAILED, due_at__gt=now - _RECENT), "due_at")
    if pending:
        yield _say_late(f"{count_in_words(pending)} mails wait", oldest, command="send_deliveries")
    if unknown:
        yield SeenData.warning(
            f"Of {count_in_words(unknown)} mails nobody knows whether they went out: their sender was stopped.",
            "Look at them in the admin under Deliveries and send again those that may arrive twice.",
        )
    if failed:
        yield SeenData.warning(
            f"{count_in_words(failed)} mails of the last week were given up.",
            "See in the admin under Deliveries what the mail server answered, mend it and send them again.",
        )
    if not pending and not unknown and not failed:
        yield SeenData.ok("No mail waits longer than it should.")


def count_in_words(count: int) -> str:
    """Return a number that was counted up to ``MOST``."""
    return f"{MOST} or more" if count >= MOST else str(count)


def _look_at_job(job: JobStatusData) -> SeenData | None:
    since = format_utc(job.last_succeeded_at) if job.last_succeeded_at else "the beginning"
    if job.failures:
        return SeenData.failure(
            f"{job.name} failed {job.failures} times with {job.error}; its last success was {since}.",
            f"Run manage.py lms {job.command} by hand and mend what it says.",
        )
    if job.is_late:
        return SeenData.failure(
            f"{job.name} has not run since {since}.",
            f"{_START} manage.py lms {job.command} runs it at once.",
        )
    return None


def _say_late(what: str, oldest: datetime | None, *, command: str) -> SeenData:
    said = f"{what}, the oldest since {format_utc(oldest) if oldest else 'just now'}."
    remedy = f"See that the periodic jobs run; manage.py lms {command} does it at once."
    is_old = oldest is not None and oldest < timezone.now() - _VERY_LATE
    return SeenData.failure(said, remedy) if is_old else SeenData.warning(said, remedy)


def _count(rows: QuerySet, moment: str) -> tuple[int, datetime | None]:
    """Return how many rows there are, up to ``MOST``, and the earliest moment among those."""
    some = rows.order_by(moment)[:MOST]
    return len(some.values_list("pk", flat=True)), some.aggregate(oldest=Min(moment))["oldest"]
