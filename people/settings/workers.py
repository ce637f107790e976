"""What Celery has to know of the suite: which queue its tasks go to, and how often its jobs run."""

from __future__ import annotations

from typing import Any, Final

#: As in ``upkeep.background``, which cannot be imported while settings are being made.
TASKS: Final = "community.*"
JOB_TASK: Final = "community.people.run_job"

#: The beat asks at least this often whether a rare job is due: a beat that was restarted forgets when it last asked.
SELDOM_SECONDS: Final = 3600.0


def route_tasks(settings: Any, *, queue: str) -> None:
    """Send the suite's tasks to a queue, unless what routes tasks now has one for them; an empty name changes nothing.

    Not through ``EXPLICIT_QUEUES``: the platform assigns that after the plugins' settings.
    """
    if not queue:
        return
    present = getattr(settings, "CELERY_ROUTES", None) or []
    routers = list(present) if isinstance(present, list | tuple) else [present]
    settings.CELERY_ROUTES = [*routers, {TASKS: {"queue": queue}}]


def consume_queue(settings: Any, *, queue: str) -> None:
    """Have workers of this service consume a queue, where the service lists its queues at all."""
    queues = getattr(settings, "CELERY_QUEUES", None)
    if queue and isinstance(queues, dict):
        settings.CELERY_QUEUES = {**queues, queue: queues.get(queue, {})}


def find_lms_queue(settings: Any) -> str:
    """Return the LMS's queue as Studio knows it, or nothing: as the platform finds it for tasks of its own."""
    return next((name for name in getattr(settings, "CELERY_QUEUES", None) or {} if ".lms." in name), "")


def schedule_jobs(settings: Any) -> None:
    """Add every job of ``PEOPLE_JOBS`` to the beat, unless the site has its own of that name or set the interval to 0.

    Without a worker the messages do not pile up: each is worth nothing once the next is sent.
    """
    intervals = {name: float(getattr(settings, setting, 0) or 0) for name, setting in settings.PEOPLE_JOBS.items()}
    entries = {
        name: _entry(name, tick=min(seconds, SELDOM_SECONDS)) for name, seconds in intervals.items() if seconds > 0
    }
    settings.CELERYBEAT_SCHEDULE = entries | (getattr(settings, "CELERYBEAT_SCHEDULE", None) or {})


def _entry(name: str, *, tick: float) -> dict[str, Any]:
    return {"task": JOB_TASK, "args": [name], "schedule": tick, "options": {"expires": tick}}
