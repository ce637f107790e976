"""Work after the commit. Each may run twice or never: the sweeps do what was missed."""

from __future__ import annotations

from celery import shared_task
from edx_django_utils.monitoring import set_code_owner_attribute

from . import api


@shared_task(ignore_result=True)
@set_code_owner_attribute
def complete_contribution_task(contribution_id: int) -> None:
    """Fold the counts that one post changed and evaluate its author."""
    api.complete_contribution(contribution_id)


@shared_task(ignore_result=True)
@set_code_owner_attribute
def fold_mark_task(mark_id: int) -> None:
    """Fold the helpful count that one mark changed."""
    api.fold_mark(mark_id)


@shared_task(ignore_result=True)
@set_code_owner_attribute
def evaluate_task_task(task_id: int) -> None:
    """Evaluate everybody who waits for it in one case."""
    api.evaluate_task(task_id)


@shared_task(ignore_result=True)
@set_code_owner_attribute
def sweep_task(limit: int = 1000) -> None:
    """Complete what was interrupted; for sites with Celery beat. Others run the command ``sweep_discussions``."""
    api.sweep(limit=limit)
