"""Whom a changed configuration would touch, before it is published: a pure evaluation over stored facts.

Nothing is asked of the LMS, so that Studio can show it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from opaque_keys.edx.keys import UsageKey

from discussion_ext.configurations import find_row
from discussion_ext.contributions import now
from discussion_ext.data import BlendedConfigData, ChangePreviewData, TaskKind
from discussion_ext.models import Participation, Task
from people import api as people

from . import evaluation
from .gathering import gather
from .judging import judge
from .tasks import config_of

_CHUNK: Final = 250
_EXAMPLES: Final = 10


def preview_change(*, usage_key: UsageKey, config: BlendedConfigData, limit: int = 500) -> ChangePreviewData:
    """Evaluate up to ``limit`` learners with the present and with another configuration, keeping nothing.

    Words that were judged are not judged again: a new minimum shows only once it is published. Grades that the team
    decided are left out, because nothing touches them.
    """
    task = find_row(usage_key)
    if task is None or task.kind != TaskKind.BLENDED:
        return ChangePreviewData(learners=0, looked_at=0, raised=0, lowered=0)
    rows = Participation.objects.filter(task=task, is_retired=False, override_score=None)
    changes: dict[int, tuple[float, float]] = {}
    looked_at = 0
    for user_id, before, after in _compare(task, config, list(rows.order_by("user_id")[:limit])):
        looked_at += 1
        if before != after:
            changes[user_id] = before, after
    shown = sorted(changes, key=lambda user_id: changes[user_id][1] - changes[user_id][0])[:_EXAMPLES]
    names = people.real_names(shown)
    return ChangePreviewData(
        learners=rows.count(),
        looked_at=looked_at,
        raised=sum(after > before for before, after in changes.values()),
        lowered=sum(after < before for before, after in changes.values()),
        examples=tuple((names.get(user_id, ""), *changes[user_id]) for user_id in shown),
    )


def _compare(task: Task, config: BlendedConfigData, rows: list[Participation]) -> Iterator[tuple[int, float, float]]:
    """Yield each learner with the grade as it is and as it would be."""
    present, moment = config_of(task), now()
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        before = gather(task, chunk, config=present, asks_platform=False)
        after = gather(task, chunk, config=config, asks_platform=False)
        for row in chunk:
            now_and_then = ((present, before[row.user_id]), (config, after[row.user_id]))
            grades = [
                evaluation.grade_of(judge(config=asked, config_version=0, facts=facts, now=moment), asked) or 0.0
                for asked, facts in now_and_then
            ]
            yield row.user_id, grades[0], grades[1]
