"""Do what the calendar brings for chapters: run it every hour where no Celery beat does."""

from __future__ import annotations

from people import api as people


class Command(people.JobCommand):
    """End and remind what is due and say how far it is."""

    help = (
        "Ends pauses of chapters and terms of organizers that are over, reminds of terms that end soon, and escalates"
        " confidential reports that nobody took in hand."
    )
    job = "chapters.move_chapters"
    limit = None
