"""Gather digests of chapters: every quarter of an hour where no Celery beat does."""

from __future__ import annotations

from people import api as people


class Command(people.JobCommand):
    """Do one run of the job."""

    help = "Gathers what is new on the boards of chapters for the members whose digest is due."
    job = "chapters.send_digests"
    limit = 10_000
