"""Periodic work as Celery tasks; each is a management command too, because not every deployment runs a beat."""

from celery import shared_task

from . import api


@shared_task
def sweep_entries_task(limit: int = 1000) -> int:
    """Fold what should have been folded long ago."""
    return api.sweep_entries(limit)
