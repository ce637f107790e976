"""Complete what was interrupted: run it every few minutes where no Celery beat does."""

from __future__ import annotations

from people import api as people


class Command(people.JobCommand):
    """Send points, fold counts, settle closed cases and evaluate who waits."""

    help = "Completes what was interrupted in discussions. May run after a crash and after an outage."
    job = "discussion_ext.sweep_discussions"
    limit = 5000
