"""What comes after the site's configuration file in the LMS: the periodic jobs, for sites that run Celery beat."""

from __future__ import annotations

from typing import Any


def plugin_settings(settings: Any) -> None:
    """Add the jobs to the beat's, unless the site has its own of that name or set the interval to 0."""
    intervals = {
        "people.send_deliveries": settings.PEOPLE_DELIVERIES_EVERY_SECONDS,
        "people.run_errands": settings.PEOPLE_ERRANDS_EVERY_SECONDS,
    }
    # Without a worker the jobs do not pile up: each is worth nothing once the next is sent.
    jobs = {
        name: {"task": name, "schedule": float(seconds), "options": {"expires": float(seconds)}}
        for name, seconds in intervals.items()
        if seconds
    }
    settings.CELERYBEAT_SCHEDULE = jobs | getattr(settings, "CELERYBEAT_SCHEDULE", {})
