"""Compare members with the course rules of their chapters: every night where no Celery beat does."""

from __future__ import annotations

from people import api as people


class Command(people.JobCommand):
    """Do one run of the job."""

    help = "Compares members with the course rules of their chapters, invites who meets one, and counts members."
    job = "chapters.reconcile_memberships"
