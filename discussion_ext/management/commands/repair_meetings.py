"""Recount seats and look at clocks again: run it once a day where no Celery beat does."""

from __future__ import annotations

from people import api as people


class Command(people.JobCommand):
    """Mend what ``Meeting`` keeps beside seats and wall clocks."""

    help = "Recounts the seats of meetings, and moves those whose country has changed its clocks."
    job = "discussion_ext.repair_meetings"
