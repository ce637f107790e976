"""Background work: one mail, one errand, and any of the periodic jobs."""

from __future__ import annotations

import logging

from . import api

log = logging.getLogger(__name__)

#: A run of a job is bounded by the job's own seconds; these stop one whose single batch never ends.
_JOB_SOFT_SECONDS = 3000
_JOB_HARD_SECONDS = 3060


@api.background_task("people.send_delivery")
def send_delivery_task(delivery_id: int) -> None:
    """Send one delivery, if it is due and nobody else has it."""
    api.process_delivery(delivery_id)


@api.background_task("people.run_errand")
def run_errand_task(errand_id: str) -> None:
    """Do one errand, if it is due and nobody else has it."""
    api.run_errand(errand_id)


@api.background_task("people.run_job", soft_time_limit=_JOB_SOFT_SECONDS, time_limit=_JOB_HARD_SECONDS)
def run_job_task(name: str) -> None:
    """Run a periodic job of any package; for sites with Celery beat. Others run the job's command."""
    try:
        job = api.get_job(name)
    except api.UnknownJobError:
        log.error("people.unknown_job name=%s", name)
        return
    if api.is_job_due(name):
        api.run_job(name, seconds=job.seconds, is_continued=True)
