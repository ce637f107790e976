"""Can this process reach the broker and the cache that the others use?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from uuid import uuid4

from celery import current_app
from django.conf import settings
from django.core.cache import cache

from people.data import SeenData

_SECONDS: Final = 3
_IN_ONE_PROCESS: Final = ("locmem.LocMemCache", "dummy.DummyCache")


def check_broker() -> Iterator[SeenData]:
    """See that tasks can be sent."""
    if current_app.conf.task_always_eager:
        yield SeenData.ok("Tasks run at once in the process that sends them; there is no broker.")
        return
    patient = {"socket_connect_timeout": _SECONDS, "socket_timeout": _SECONDS}
    options = {**current_app.conf.broker_transport_options, **patient}
    connection = current_app.connection_for_write(connect_timeout=_SECONDS, transport_options=options)
    try:
        with connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=_SECONDS)
    except Exception as error:  # noqa: BLE001 - each transport has errors of its own
        yield SeenData.failure(
            f"The broker {connection.as_uri()} does not answer: {type(error).__name__}.",
            "See that the broker runs and that BROKER_URL of this service names it; until then only the commands do "
            "what waits.",
        )
    else:
        yield SeenData.ok(f"The broker {connection.as_uri()} answers.")


def check_workers() -> Iterator[SeenData]:
    """See that a worker listens to the queue of our tasks."""
    if current_app.conf.task_always_eager:
        yield SeenData.ok("Tasks need no worker.")
        return
    queue = settings.PEOPLE_TASK_QUEUE or current_app.conf.task_default_queue
    answers: dict[str, list[dict[str, Any]]]
    try:
        answers = current_app.control.inspect(timeout=_SECONDS).active_queues() or {}
    except Exception as error:  # noqa: BLE001 - each transport has errors of its own
        yield SeenData.failure(
            f"No worker can be asked: {type(error).__name__}.",
            "See that the broker runs and that BROKER_URL of this service names it.",
        )
        return
    listening = [name for name, queues in answers.items() if queue in {entry["name"] for entry in queues}]
    if listening:
        yield SeenData.ok(f"Workers on the queue {queue}: {len(listening)}.")
    elif answers:
        yield SeenData.failure(
            f"{len(answers)} workers answer and none listens to the queue {queue}.",
            f"Start a worker with --queues={queue}, or take PEOPLE_TASK_QUEUE out of the settings.",
        )
    else:
        yield SeenData.warning(
            "No worker answers: none runs, or all are too busy to say so.",
            "See that the LMS's worker runs; until then only the commands do what waits.",
        )


def check_cache() -> Iterator[SeenData]:
    """See that the cache keeps what it is given, for all processes."""
    backend = settings.CACHES["default"]["BACKEND"]
    key, value = "people.checks.cache", uuid4().hex
    try:
        cache.set(key, value, _SECONDS)
        kept = cache.get(key)
    except Exception as error:  # noqa: BLE001 - each backend has errors of its own
        yield SeenData.failure(
            f"The cache ({backend}) does not answer: {type(error).__name__}.",
            "See that the cache server runs and that CACHES of this service names it.",
        )
        return
    if kept != value:
        yield SeenData.failure(
            f"The cache ({backend}) does not keep what it is given.",
            "See that the cache server runs and that CACHES of this service names it.",
        )
    elif backend.endswith(_IN_ONE_PROCESS):
        yield SeenData.failure(
            f"Each process has a cache of its own ({backend}): rate limits and switches are not shared.",
            "Set CACHES['default'] to a server that all processes of LMS and Studio share, such as Redis.",
        )
    else:
        yield SeenData.ok(f"{backend} keeps what it is given.")
