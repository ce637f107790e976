"""Erase and delete what has been kept long enough: run it daily where no Celery beat does."""

from __future__ import annotations

from people import api


class Command(api.JobCommand):
    """Work through the retention rules in small batches and say how far it is."""

    help = (
        "Erases and deletes what has been kept for as long as the ..._KEEP_DAYS settings say; never what a grade or a "
        "total still needs. May be interrupted and run again."
    )
    job = "people.purge_expired"
