"""What comes after the site's configuration file in the LMS: the periodic job, for sites that run Celery beat."""

from __future__ import annotations

from typing import Any


def plugin_settings(settings: Any) -> None:
    """Add the job to the beat's, unless the site has its own of this name or set the interval to 0."""
    seconds = settings.PEOPLE_DELIVERIES_EVERY_SECONDS
    if seconds:
        # Without a worker the jobs do not pile up: each is worth nothing once the next is sent.
        job = {"task": "people.send_deliveries", "schedule": float(seconds), "options": {"expires": float(seconds)}}
        settings.CELERYBEAT_SCHEDULE = {"people.send_deliveries": job, **getattr(settings, "CELERYBEAT_SCHEDULE", {})}
