"""Remind people of events: every few minutes where no Celery beat does."""

from __future__ import annotations

from people import api as people


class Command(people.JobCommand):
    """Do one run of the job."""

    help = "Reminds people of events that they come to, and asks them and the hosts what came of them."
    job = "chapters.remind_of_events"
    limit = 10_000
