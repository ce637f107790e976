"""Periodic jobs: what they do, whether they are alive, and that only one of a kind runs where that matters.

A job is worked on batch by batch. The row of the job is its record and its heartbeat, whoever runs it: Celery beat,
cron or an operator. It also holds the claim of the run in progress, which lapses when the run dies, so no lock outside
the database is needed. What a job does is safe to repeat in any case: the claim saves work, correctness never hangs on
it. Of a job that walks a whole site the heartbeat also keeps from where to go on: a run that is ended or killed is
followed by one that goes on there, and so the last course is reached as well.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from edx_django_utils.monitoring import set_custom_attribute

from people.data import JobData, JobRunData, JobStatusData, JobStepData
from people.exceptions import UnknownJobError
from people.models import JobRun
from people.settings.workers import SELDOM_SECONDS

from .logs import name_error

log = logging.getLogger(__name__)

Tell = Callable[[Mapping[str, int]], None]

#: For jobs that walk a whole site: they end by themselves before their task's time limit ends them.
LONG_SECONDS: Final = 2400

_ERROR_LENGTH: Final = 128
_LATE_AFTER: Final = 3
_jobs: dict[str, JobData] = {}


def register_job(job: JobData) -> None:
    """Make a job known by its name; called in ``AppConfig.ready()``."""
    if _jobs.setdefault(job.name, job) is not job:
        raise UnknownJobError(f"job: {job.name} is registered already.", field="name")


def get_job(name: str) -> JobData:
    """Return a registered job or raise UnknownJobError."""
    try:
        return _jobs[name]
    except KeyError as error:
        raise UnknownJobError(f"job: {name} is not known here.", field="name") from error


def list_job_names() -> list[str]:
    """Return the names of the registered jobs."""
    return sorted(_jobs)


def look_at_job(name: str, **options: Any) -> dict[str, int]:
    """Return how much there is to do, and change nothing."""
    return dict(get_job(name).look(**options))


def run_job(
    name: str,
    *,
    limit: int | None = None,
    seconds: float | None = None,
    tell: Tell | None = None,
    is_partial: bool = False,
    is_continued: bool = False,
    **options: Any,
) -> JobRunData:
    """Run a job and keep a record of it; call it outside a transaction.

    It ends when nothing is left, when ``limit`` is used up, or with the batch in which ``seconds`` are over. ``tell``
    is called with the counts after each batch that did something. A partial run, say over one course, is no success of
    the job as a whole. A resumable job starts from the beginning unless it ``is_continued``, and succeeds when it comes
    to its end.
    """
    job = get_job(name)
    token = _start(job)
    if token is None:
        return JobRunData(name=name, is_busy=True)
    counts: Counter[str] = Counter()
    until = None if seconds is None else time.monotonic() + seconds
    is_unfinished = False
    if job.limit is not None:
        options["limit"] = limit or job.limit
    try:
        if job.is_resumable:
            options["resume"] = _find_cursor(name) if is_continued else None
        with closing(job.work(**options)) as batches:
            for batch in batches:
                step = batch if isinstance(batch, JobStepData) else JobStepData(counts=batch)
                counts.update(step.counts)
                _keep(job, token, counts, cursor=None if is_partial else step.cursor)
                if tell is not None and any(step.counts.values()):
                    tell(dict(counts))
                if until is not None and time.monotonic() >= until:
                    is_unfinished = job.is_resumable
                    break
    except BaseException as error:
        _fail(name, token, counts, error=type(error).__name__)
        raise
    _end(job, token, counts, is_success=not is_partial and not is_unfinished)
    # .. custom_attribute_name: community_job
    # .. custom_attribute_description: The name of the periodic job that this transaction ran.
    set_custom_attribute("community_job", name)
    # .. custom_attribute_name: community_job_done
    # .. custom_attribute_description: How many things the periodic job did in this run, of all kinds.
    set_custom_attribute("community_job_done", sum(counts.values()))
    return JobRunData(name=name, counts=dict(counts), is_unfinished=is_unfinished)


def in_batches(
    run: Callable[[int], Mapping[str, int]], *, limit: int, size: int = 50
) -> Generator[Mapping[str, int], None, None]:
    """Yield what ``run(number)`` does, called with a small number until it finds nothing or ``limit`` is used up."""
    left = limit
    while left > 0:
        done = run(min(size, left))
        total = sum(done.values())
        if not total:
            return
        yield done
        left -= total


def is_job_due(name: str) -> bool:
    """Tell whether a job's last success is long enough ago for a beat that asks more often than the job is to run.

    One that was not finished is always due.
    """
    every = every_seconds(name)
    found = JobRun.objects.filter(pk=name).values_list("succeeded_at", "cursor").first()
    succeeded_at, cursor = found or (None, None)
    if succeeded_at is None or cursor is not None:
        return True
    # Half a tick of tolerance, or a job whose runs take a moment would leave out every second one.
    return timezone.now() - succeeded_at >= timedelta(seconds=every - tick_seconds(every) / 2)


def every_seconds(name: str) -> float:
    """Return how often the site wants a job to run; 0 for never by the beat."""
    setting = settings.PEOPLE_JOBS.get(name)
    return float(getattr(settings, setting, 0) or 0) if setting else 0.0


def tick_seconds(every: float) -> float:
    """Return how often the beat asks for a job that is to run this often."""
    return min(every, SELDOM_SECONDS)


def list_jobs() -> list[JobStatusData]:
    """Return every registered job with what its last run left behind, in the order of their names; one query."""
    runs = JobRun.objects.in_bulk(list(_jobs))
    return [_status(job, runs.get(name) or JobRun(name=name)) for name, job in sorted(_jobs.items())]


def _status(job: JobData, run: JobRun) -> JobStatusData:
    now = timezone.now()
    every = every_seconds(job.name)
    late_at = (run.succeeded_at or now) + timedelta(seconds=_LATE_AFTER * every)
    return JobStatusData(
        name=job.name,
        command=job.command,
        says=job.says,
        every_seconds=every,
        last_started_at=run.started_at,
        last_finished_at=run.finished_at,
        last_succeeded_at=run.succeeded_at,
        counts=run.counts,
        error=run.error,
        failures=run.failures,
        runner=run.runner,
        is_running=run.held_until is not None and run.held_until > now,
        is_late=bool(every) and (run.succeeded_at is None or late_at < now),
    )


# -- the record --------------------------------------------------------------------------------------------------------


def _start(job: JobData) -> str | None:
    """Note that a run starts and return its token, or None when another run holds a job of which only one may run."""
    now = timezone.now()
    token = uuid4().hex
    if not JobRun.objects.filter(pk=job.name).exists():
        JobRun.objects.bulk_create([JobRun(name=job.name)], ignore_conflicts=True)
    rows = JobRun.objects.filter(pk=job.name)
    with transaction.atomic(durable=True):
        lapsed = rows.filter(held_until__lte=now)
        if lapsed.update(held_until=None, failures=F("failures") + 1, error="RunLost"):
            log.warning("people.job_lost job=%s", job.name)
        free = rows.filter(held_until=None) if job.is_single else rows
        is_ours = free.update(token=token, held_until=_held_until(job), started_at=now, counts={}, runner=_runner())
    return token if is_ours else None


def _find_cursor(name: str) -> Mapping[str, Any] | None:
    return JobRun.objects.values_list("cursor", flat=True).get(pk=name)


def _keep(job: JobData, token: str, counts: Mapping[str, int], *, cursor: Mapping[str, Any] | None) -> None:
    place = {} if cursor is None else {"cursor": dict(cursor)}
    _mine(job.name, token).update(held_until=_held_until(job), counts=dict(counts), **place)


def _fail(name: str, token: str, counts: Mapping[str, int], *, error: str) -> None:
    try:
        _mine(name, token).update(
            held_until=None,
            finished_at=timezone.now(),
            counts=dict(counts),
            error=error[:_ERROR_LENGTH],
            failures=F("failures") + 1,
        )
    except Exception as failure:  # noqa: BLE001 - what stopped the run matters more, and the claim lapses by itself
        log.error("people.job_failure_not_noted job=%s error=%s", name, name_error(failure))


def _end(job: JobData, token: str, counts: Mapping[str, int], *, is_success: bool) -> None:
    now = timezone.now()
    mine = _mine(job.name, token)
    if is_success:
        # A job that may run beside itself may be overtaken by every next run: its success counts all the same.
        rows = mine if job.is_single else JobRun.objects.filter(pk=job.name)
        rows.update(succeeded_at=now, failures=0, error="", cursor=None)
    mine.update(held_until=None, finished_at=now, counts=dict(counts))


def _mine(name: str, token: str) -> QuerySet[JobRun]:
    """Return the row if this run still holds it: one that was given up on must not speak for its successor."""
    return JobRun.objects.filter(pk=name, token=token)


def _held_until(job: JobData) -> datetime:
    return timezone.now() + timedelta(minutes=job.lease_minutes)


def _runner() -> str:
    return f"{socket.gethostname()[:64]}:{os.getpid()}"
