"""Words from the course team to those who are behind, once a day for each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import edx_platform
from discussion_ext.access import check_learner
from discussion_ext.contributions import now
from discussion_ext.data import BlendedFilter
from discussion_ext.models import Participation, Task
from discussion_ext.news import NUDGE
from discussion_ext.targets import name_task
from people import api as people
from people.data import NewsItemData

from .tasks import access_blended
from .team import list_shown

EVERY: Final = timedelta(days=1)
MOST: Final = 2_000


def nudge(
    *,
    usage_key: UsageKey,
    actor_id: int,
    user_id: int | None = None,
    show: BlendedFilter = "behind",
    stage_id: str = "",
    sitting_id: int | None = None,
    search: str = "",
) -> int:
    """Remind one learner, or those of a list, of what is open; return how many are told.

    Who has finished, or was reminded within a day, is left out; of a list at most two thousand are told at once.
    """
    task = access_blended(usage_key)
    if user_id is not None:
        check_learner(task, user_id)
        people.insert_or_update(Participation(task=task, user_id=user_id), by=["task", "user_id"])
        found = Participation.objects.filter(task=task, user_id=user_id)
    else:
        found = list_shown(task, show=show, stage_id=stage_id, sitting_id=sitting_id, search=search)
    with transaction.atomic():
        told = _claim(list(found.filter(is_finished=False, is_retired=False).values_list("pk", flat=True)), now())
        people.add_news_for_many(_list_items(task, told), useful_until=now() + 3 * EVERY)
        if told:
            people.record_audit(
                actor_id=actor_id,
                verb="task.nudge",
                target=name_task(task.pk),
                context_key=task.course_id,
                data={"people": len(told)},
            )
    return len(told)


def _claim(pks: list[int], moment: datetime) -> list[int]:
    """Mark those who were not reminded within a day, and return who they are; of two at once, one tells each."""
    free = Participation.objects.filter(Q(nudged_at=None) | Q(nudged_at__lte=moment - EVERY))
    rows = free.filter(pk__in=pks).order_by("pk")
    claimed = []
    for pk, user_id in list(rows.values_list("pk", "user_id")[:MOST]):
        if free.filter(pk=pk).update(nudged_at=moment):
            claimed.append(user_id)
    return claimed


def _list_items(task: Task, user_ids: list[int]) -> list[NewsItemData]:
    context = {
        "course_name": edx_platform.get_course_title(CourseKey.from_string(task.course_id)),
        "task_title": task.title,
        "url": edx_platform.block_url(task.course_id, task.usage_key),
    }
    moment = now()
    return [
        NewsItemData(
            key=f"{NUDGE}:{task.pk}:{user_id}:{moment:%Y%m%dT%H%M}", user_id=user_id, kind=NUDGE, context=context
        )
        for user_id in user_ids
    ]
