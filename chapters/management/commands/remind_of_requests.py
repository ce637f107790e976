"""Remind organizers of requests to join: every hour where no Celery beat does."""

from __future__ import annotations

from people import api as people


class Command(people.JobCommand):
    """Do one run of the job."""

    help = "Reminds organizers of requests to join that are due."
    job = "chapters.remind_of_requests"
