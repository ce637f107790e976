"""Under which targets the audit log keeps what was done to somebody's posts and attempts."""

from __future__ import annotations

from collections.abc import Iterator

from .models import Contribution, Participation


def name_task(task_id: int) -> str:
    """Return the target of acts on a task as a whole."""
    return f"case:{task_id}"


def name_attempt(task_id: int, user_id: int) -> str:
    """Return the target of acts on a learner's attempt at a case."""
    return f"case:{task_id}:user:{user_id}"


def name_post(contribution_id: int) -> str:
    """Return the target of acts on a post."""
    return f"contribution:{contribution_id}"


def list_targets(user_id: int) -> Iterator[str]:
    """Yield every target of acts on what a person wrote, or on where the person stands."""
    for task_id in Participation.objects.filter(user_id=user_id).values_list("task_id", flat=True).iterator():
        yield name_attempt(task_id, user_id)
    for pk in Contribution.objects.filter(author_id=user_id).values_list("pk", flat=True).iterator():
        yield name_post(pk)
