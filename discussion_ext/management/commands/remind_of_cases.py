"""Tell learners of cases that have opened or close soon: run it every quarter of an hour where no Celery beat does."""

from __future__ import annotations

from people import api as people


class Command(people.JobCommand):
    """Add the news and say how far it is."""

    help = "Tells learners which cases have opened and which close soon. Nobody is told of the same date twice."
    job = "discussion_ext.remind_of_cases"
    limit = None
