"""What comes after the site's configuration file in the LMS: the suite's queue, and its jobs for a Celery beat."""

from __future__ import annotations

from typing import Any

from .workers import consume_queue, route_tasks, schedule_jobs


def plugin_settings(settings: Any) -> None:
    """Route the tasks and schedule the jobs of all apps of the suite."""
    consume_queue(settings, queue=settings.PEOPLE_TASK_QUEUE)
    route_tasks(settings, queue=settings.PEOPLE_TASK_QUEUE)
    schedule_jobs(settings)
