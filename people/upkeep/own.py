"""This package's own share of upkeep: its jobs, records and checks."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import asdict

from django.conf import settings

from people.checks import own_checks
from people.data import JobData
from people.deliveries import count_due_deliveries, process_deliveries
from people.news import compose_news, count_due_news

from . import own_records
from .errands import count_errands, register_errand, run_errands
from .facts import FACT, send_fact
from .jobs import in_batches, register_job
from .retention import count_expired, purge_expired

_DELIVERIES = JobData(
    name="people.send_deliveries",
    says="Sends the community mail that is due.",
    work=lambda *, limit: _send_deliveries(limit),
    look=lambda: {"mails due": count_due_deliveries()},
    limit=settings.PEOPLE_DELIVERIES_PER_RUN,
    is_single=False,
)
_NEWS = JobData(
    name="people.compose_news",
    says="Gathers what is new for each person into one mail a day.",
    work=lambda *, limit: in_batches(lambda number: compose_news(limit=number), limit=limit),
    look=lambda: {"items due": count_due_news()},
    limit=5000,
)
_PURGE = JobData(
    name="people.purge_expired",
    says="Erases and deletes what has been kept for as long as the settings say.",
    work=purge_expired,
    look=count_expired,
    limit=None,
    seconds=900,
)
_ERRANDS = JobData(
    name="people.run_errands",
    says="Does what receivers left behind.",
    work=lambda *, limit: _run_errands(limit),
    look=lambda: {"errands due": count_errands()},
    limit=5000,
    is_single=False,
)


def register() -> None:
    """Make it known; called once, when the app is ready."""
    for job in (_NEWS, _DELIVERIES, _ERRANDS, _PURGE):
        register_job(job)
    register_errand(FACT, send_fact)
    own_records.register()
    own_checks.register()


def _send_deliveries(limit: int) -> Generator[Mapping[str, int], None, None]:
    return in_batches(lambda number: asdict(process_deliveries(limit=number)), limit=limit)


def _run_errands(limit: int) -> Generator[Mapping[str, int], None, None]:
    def run(number: int) -> Mapping[str, int]:
        # What somebody else has is no progress of ours: it would be met again and again.
        found = run_errands(limit=number)
        return {"done": found.done, "failed": found.failed}

    return in_batches(run, limit=limit)
