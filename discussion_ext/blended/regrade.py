"""Many learners of one blended task evaluated at once, in chunks of a few queries each."""

from __future__ import annotations


def regrade_task(task_id: int) -> int:
    """Evaluate everybody whose result is of an earlier configuration; return how many changed."""
    raise NotImplementedError
