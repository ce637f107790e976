"""What every background task of the suite promises, in one place.

A task may run twice or not at all, so each comes to the same when repeated, and a sweep does what no task did. Given
that: it is acknowledged when it is done, so that a worker that dies leaves its message behind; it has an end; what the
database or the broker could not do for a moment is tried again, later and later and not all at once, a few times. A
broker that is down costs whoever sends a task one quick try more, and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from celery import Task, shared_task
from celery.exceptions import SoftTimeLimitExceeded, TaskPredicate
from django.db import InterfaceError, OperationalError, transaction
from edx_django_utils.monitoring import set_code_owner_attribute
from kombu.exceptions import OperationalError as BrokerError

from people.exceptions import TaskFailedError

from .logs import name_error

log = logging.getLogger(__name__)

#: All names of our tasks begin so, whichever package they are of: routes and monitors need one pattern.
PREFIX: Final = "community."

SOFT_SECONDS: Final = 600
HARD_SECONDS: Final = 660
MOST_RETRIES: Final = 5
LONGEST_PAUSE: Final = 120

# The longest pause and the hard limit together stay below an hour, after which Redis takes a message for lost.
_PROMISES: Final[dict[str, Any]] = {
    "acks_late": True,
    "reject_on_worker_lost": True,
    "ignore_result": True,
    "soft_time_limit": SOFT_SECONDS,
    "time_limit": HARD_SECONDS,
    "autoretry_for": (OperationalError, InterfaceError, BrokerError),
    "retry_backoff": 2,
    "retry_backoff_max": LONGEST_PAUSE,
    "retry_jitter": True,
    "max_retries": MOST_RETRIES,
}
_QUICK: Final = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
#: A retry, a message refused or ignored, and the time limit.
_PASSED_ON: Final = (TaskPredicate, SoftTimeLimitExceeded)


class BackgroundTask(Task):
    """A task whose sender waits for nobody."""

    abstract = True

    def apply_async(self, *args: Any, **options: Any) -> Any:
        """Send it; try once more at most when the broker does not answer."""
        return super().apply_async(*args, **{"retry_policy": _QUICK, **options})


def background_task(name: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Declare a Celery task: ``name`` is "<package>.<verb>_<noun>"; its arguments are ids and names."""

    def declare(work: Callable[..., Any]) -> Any:
        promises = {"base": BackgroundTask, **_PROMISES, **options}
        quiet = _without_values(f"{PREFIX}{name}", work)
        return shared_task(name=f"{PREFIX}{name}", **promises)(set_code_owner_attribute(quiet))

    return declare


def _without_values(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """Let what a task raises say its class and place: Celery logs it as it is, and a database quotes what it refuses.

    What Celery tries again, or uses itself, passes.
    """

    @wraps(work)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return work(*args, **kwargs)
        except (*_PASSED_ON, *_PROMISES["autoretry_for"]):
            raise
        except Exception as error:  # noqa: BLE001 - it is raised again, without its message
            place = name_error(error)
        log.error("people.task_failed task=%s error=%s", name, place)
        raise TaskFailedError(place)

    return run


def send_after_commit(task: Any, *args: Any) -> None:
    """Send a task once the open transaction is committed, at once where none is open. Never raises.

    What the broker does not take is left to the sweeps, in one line of the log: a broker that is down fails every post.
    """

    def send() -> None:
        try:
            task.delay(*args)
        except Exception as error:  # noqa: BLE001 - what is committed stands, whatever a broker does
            log.warning("people.task_not_sent task=%s error=%s", task.name, name_error(error))

    transaction.on_commit(send)
