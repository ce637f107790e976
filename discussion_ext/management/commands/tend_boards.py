"""Close topics and delete pictures that are due: run it every few minutes where no Celery beat does."""

from __future__ import annotations

from people import api as people


class Command(people.JobCommand):
    """Do what falls due on discussion boards."""

    help = "Closes topics of discussion boards whose date has passed, and deletes pictures whose post never came."
    job = "discussion_ext.tend_boards"
