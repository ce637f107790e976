"""Is the work in the background done: periodic jobs, errands, mail?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from people.data import DeliveryState, JobStatusData, NewsState, SeenData
from people.models import Delivery, Errand, NewsItem
from people.moments import format_utc
from people.upkeep import errands, jobs
from people.upkeep.backlogs import MOST, count_some, look_at_backlog, say_count

_START: Final = (
    "See that a Celery beat with the LMS's settings and a worker run, or that cron runs every few minutes: "
    "manage.py lms run_community_jobs."
)
_RECENT: Final = timedelta(days=7)
_FIRST_DAY: Final = timedelta(days=1)


def check_jobs() -> Iterator[SeenData]:
    """See that every periodic job ran lately, whoever runs it: beat, cron or somebody by hand."""
    known = [job for job in jobs.list_jobs() if job.every_seconds]
    if not known:
        yield SeenData.skipped("No job has an interval.")
    never = [job.name for job in known if job.last_succeeded_at is None and not job.failures]
    if never:
        # Before the first start there is no beat; a day later somebody forgot it.
        judge = SeenData.warning if _is_new() else SeenData.failure
        yield judge(f"Never run: {', '.join(never)}.", _START)
    troubled = [seen for job in known if job.name not in never and (seen := _look_at_job(job)) is not None]
    yield from troubled
    if known and not troubled and not never:
        yield SeenData.ok(f"{len(known)} jobs run in time.")


def check_errands() -> Iterator[SeenData]:
    """See that what receivers left to be done is done."""
    stuck = errands.list_stuck_errands(limit=MOST)
    if stuck:
        kinds = sorted({f"{errand.kind} ({errand.error or 'nobody here knows it'})" for errand in stuck})
        yield SeenData.failure(
            f"{say_count(len(stuck))} errands fail again and again: {', '.join(kinds[:5])}.",
            "Mend what the named errors say, then choose them in the admin under Errands and run them again.",
        )
    late = look_at_backlog(Errand.objects.all(), moment="due_at", what="errands", command="run_errands")
    if late is not None:
        yield late
    elif not stuck:
        yield SeenData.ok("No errand waits longer than it should.")


def check_deliveries() -> Iterator[SeenData]:
    """See that mail goes out, and that nobody has to decide about mail of unknown fate."""
    pending = Delivery.objects.filter(state=DeliveryState.PENDING)
    late = look_at_backlog(pending, moment="due_at", what="mails", command="send_deliveries")
    unknown = count_some(Delivery.objects.filter(state=DeliveryState.UNKNOWN))
    failed = count_some(Delivery.objects.filter(state=DeliveryState.FAILED, due_at__gt=timezone.now() - _RECENT))
    if late is not None:
        yield late
    if unknown:
        yield SeenData.warning(
            f"Of {say_count(unknown)} mails nobody knows whether they went out: their sender was stopped.",
            "Look at them in the admin under Deliveries and send again those that may arrive twice.",
        )
    if failed:
        yield SeenData.warning(
            f"{say_count(failed)} mails of the last week were given up.",
            "See in the admin under Deliveries what stopped them, mend it and send them again.",
        )
    if late is None and not unknown and not failed:
        yield SeenData.ok("No mail waits longer than it should.")


def check_news() -> Iterator[SeenData]:
    """See that news is gathered into mails."""
    waiting = NewsItem.objects.filter(state=NewsState.WAITING)
    late = look_at_backlog(waiting, moment="due_at", what="items of news", command="compose_news")
    yield late or SeenData.ok("No news waits longer than it should.")


def _is_new() -> bool:
    """Tell whether the record of the jobs is no older than a day."""
    migrations = MigrationRecorder.Migration.objects.filter(app="people", name="0003_job_runs")
    return migrations.filter(applied__gt=timezone.now() - _FIRST_DAY).exists()


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
