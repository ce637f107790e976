"""What comes after the site's configuration file in Studio: its tasks are done by the LMS's workers.

Studio's own workers have neither forum nor completion. The jobs are scheduled by the LMS's settings alone.
"""

from __future__ import annotations

from typing import Any

from .workers import find_lms_queue, route_tasks


def plugin_settings(settings: Any) -> None:
    """Route the tasks of all apps of the suite."""
    route_tasks(settings, queue=settings.PEOPLE_TASK_QUEUE or find_lms_queue(settings))
