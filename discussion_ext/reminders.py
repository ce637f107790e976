"""Learners are told which cases have opened and which close soon, once for each date, however often this runs.

After an outage nothing old is told: an opening is news for a day, a closing until it has come.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from people import api as people
from people.data import JobStepData, NewsItemData

from . import edx_platform, phases
from .availability import is_on
from .models import Participation, Task
from .news import CASE_DUE, CASE_OPENS

_BATCH: Final = 500
_NEWS: Final = timedelta(days=1)

What = Literal["opening", "closing"]


def remind_of_cases(*, resume: Mapping[str, Any] | None = None) -> Generator[JobStepData, None, None]:
    """Tell of every case that is due for it, learners in batches; goes on where a run before was ended."""
    for task, what, moment in _list_due(timezone.now()):
        is_resumed = resume is not None and (resume["task"], resume["what"]) == (task.pk, what)
        last = resume["after"] if is_resumed and resume is not None else 0
        while users := edx_platform.list_learner_ids(
            CourseKey.from_string(task.course_id), without=_list_finished(task), after=last, limit=_BATCH
        ):
            _tell(task, what, moment, users)
            last = users[-1]
            yield JobStepData(counts={"people told": len(users)}, cursor={"task": task.pk, "what": what, "after": last})
        Task.objects.filter(pk=task.pk).update(**{f"{what}_told_for": moment})
        yield JobStepData(counts={"cases": 1}, cursor={"task": 0, "what": what, "after": 0})


def look_at_cases() -> Mapping[str, int]:
    """Count the cases and people that would be told of."""
    found = {"cases": 0, "people to be told": 0}
    for task, _what, _moment in _list_due(timezone.now()):
        found["cases"] += 1
        course_key = CourseKey.from_string(task.course_id)
        found["people to be told"] += edx_platform.count_learners(course_key, without=_list_finished(task))
    return found


def _list_due(now: datetime) -> Iterator[tuple[Task, What, datetime]]:
    """Yield cases with what is to be told of them, and of which moment."""
    soon = now + timedelta(hours=settings.DISCUSSION_EXT_REMIND_HOURS)
    near = Q(opens_at__gt=now - _NEWS, opens_at__lte=now) | Q(settle_at__gt=now, settle_at__lte=soon)
    for task in Task.objects.filter(near, is_active=True, kind="case").order_by("pk"):
        if not is_on(CourseKey.from_string(task.course_id)) or phases.phase_of(task, now) != "open":
            continue
        closing = phases.closing_moment(task)
        if task.opens_at and now - _NEWS < task.opens_at <= now and task.opening_told_for != task.opens_at:
            yield task, "opening", task.opens_at
        if closing is not None and now < closing <= soon and task.closing_told_for != closing:
            yield task, "closing", closing


def _tell(task: Task, what: What, moment: datetime, users: list[int]) -> None:
    closing = phases.closing_moment(task)
    context = {
        "course_name": edx_platform.get_course_title(CourseKey.from_string(task.course_id)),
        "task_title": task.title,
        "url": edx_platform.block_url(task.course_id, task.usage_key),
        "due_at": closing.isoformat() if closing else "",
    }
    kind = CASE_OPENS if what == "opening" else CASE_DUE
    items = [
        NewsItemData(
            key=f"{kind}:{task.pk}:{user_id}:{moment:%Y%m%dT%H%M}", user_id=user_id, kind=kind, context=context
        )
        for user_id in users
    ]
    people.add_news_for_many(items, useful_until=closing if what == "closing" else moment + 2 * _NEWS)


def _list_finished(task: Task) -> Any:
    """Return who has nothing left to do, as a query."""
    return Participation.objects.filter(task=task, is_finished=True).values("user_id")
