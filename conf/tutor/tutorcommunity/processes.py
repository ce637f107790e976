"""The command lines of the services that this plugin adds."""

from __future__ import annotations

from collections.abc import Iterator


def beat_parameters(folder: str) -> Iterator[str]:
    """Yield the beat's command line; ``folder`` is where it may keep the file that says when each job last ran."""
    yield from ("celery", "--app=lms.celery", "beat", "--loglevel=info")
    yield f"--schedule={folder}/community-beat-schedule"
    # A file with a process id would outlive a killed container and stop the next one.
    yield "--pidfile="


def worker_parameters(queue: str, *, concurrency: int) -> Iterator[str]:
    """Yield the command line of a worker for one queue, otherwise as Tutor starts the LMS's own."""
    yield from ("celery", "--app=lms.celery", "worker", "--loglevel=info")
    yield f"--hostname={queue}.%h"
    yield f"--queues={queue}"
    yield f"--concurrency={concurrency}"
    yield from ("--max-tasks-per-child=100", "--prefetch-multiplier=1", "--without-gossip", "--without-mingle")
