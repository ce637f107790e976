"""Seat cohorts, follow recordings and wishes for seats: every quarter of an hour where no Celery beat does."""

from __future__ import annotations

from people import api as people


class Command(people.JobCommand):
    """Do what receivers could not: put everybody in class sessions where they should be."""

    help = "Seats members of cohorts, counts recordings that were watched, frees seats and tells who waits for one."
    job = "discussion_ext.place_learners"
