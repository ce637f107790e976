"""Work after the commit. Each may run twice or never: the sweeps do what was missed."""

from __future__ import annotations

from people import api as people

from . import api


@people.background_task("discussion_ext.complete_contribution")
def complete_contribution_task(contribution_id: int) -> None:
    """Fold the counts that one post changed and evaluate its author."""
    api.complete_contribution(contribution_id)


@people.background_task("discussion_ext.fold_mark")
def fold_mark_task(mark_id: int) -> None:
    """Fold the helpful count that one mark changed."""
    api.fold_mark(mark_id)


@people.background_task("discussion_ext.evaluate_task")
def evaluate_task_task(task_id: int) -> None:
    """Evaluate everybody who waits for it in one case."""
    api.evaluate_task(task_id)
