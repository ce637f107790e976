"""Do what time brings to the lines of events: every few minutes where no Celery beat does."""

from __future__ import annotations

from people import api as people


class Command(people.JobCommand):
    """Do one run of the job."""

    help = "Lets offers of seats lapse, offers free seats to who is next in line, and counts seats of coming events."
    job = "chapters.tend_events"
    limit = None
