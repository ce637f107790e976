"""Look at blended tasks whose dates have passed: run it every few minutes where no Celery beat does."""

from __future__ import annotations

from people import api as people


class Command(people.JobCommand):
    """Evaluate who is due and say how many."""

    help = "Evaluates blended tasks whose dates have passed or whose configuration changed, and asks for reminders."
    job = "discussion_ext.sweep_blended_tasks"
    limit = 5000
