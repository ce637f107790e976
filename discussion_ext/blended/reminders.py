"""What a learner is told of the dates of a blended task: what has opened, what is due soon, when class is.

Items are asked for by date: a date that moves is told anew, and the same date never twice. `people` gathers them into
one mail a day, and asks again whether there is still something to do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from discussion_ext import edx_platform
from discussion_ext.data import (
    BlendedConfigData,
    BlendedResultData,
    OwnSittingData,
    RequirementState,
    StageKind,
    StageResultData,
)
from discussion_ext.models import Participation, Task
from discussion_ext.news import (
    SESSION_SOON,
    STAGE_DUE,
    STAGE_OPENS,
    hold_seated,
    say_session_soon,
    say_stage_due,
    say_stage_opens,
)
from people import api as people
from people.data import NewsItemData, NewsKindData

from . import standings

_NEWS: Final = timedelta(days=1)
_CLASS_AHEAD: Final = timedelta(hours=24)


def register() -> None:
    """Make the kinds of news known; called once, when the app is ready."""
    for kind in KINDS:
        people.register_news_kind(kind)


def remind(
    task: Task,
    *,
    config: BlendedConfigData,
    result: BlendedResultData,
    sitting: OwnSittingData | None,
    user_id: int,
    now: datetime,
) -> int:
    """Ask for what there is to tell one learner now; return how much. One insert, none where there is nothing."""
    items = list(list_news(task, config=config, result=result, sitting=sitting, user_id=user_id, now=now))
    if items:
        people.add_news_for_many(items)
    return len(items)


def list_news(
    task: Task,
    *,
    config: BlendedConfigData,
    result: BlendedResultData,
    sitting: OwnSittingData | None,
    user_id: int,
    now: datetime,
    common: Mapping[str, Any] | None = None,
) -> Iterator[NewsItemData]:
    """Yield what there is to tell: what opened within a day, what is due soon, the class session of tomorrow.

    ``common`` is what `describe` returned, for who asks for many.
    """
    common = common or describe(task, config)
    ahead = timedelta(hours=settings.DISCUSSION_EXT_REMIND_HOURS)
    for stage in result.stages:
        if stage.state != RequirementState.OPEN:
            continue
        dates = result.find_dates(stage.stage_id)
        if stage.kind == StageKind.ATTEND:
            yield from _list_class(task, sitting, user_id, now, {**common, "stage_id": stage.stage_id})
            continue
        found = config.find_stage(stage.stage_id)
        context = {
            **common,
            "stage_id": stage.stage_id,
            "stage_title": found.title if found else "",
            "due_at": dates.due_at.isoformat() if dates.due_at else "",
        }
        if dates.due_at is not None and now < dates.due_at <= now + ahead:
            yield _item(STAGE_DUE, task, stage, user_id, dates.due_at, context)
        elif dates.opens_at is not None and now - _NEWS < dates.opens_at <= now:
            yield _item(STAGE_OPENS, task, stage, user_id, dates.opens_at, context)


def describe(task: Task, config: BlendedConfigData) -> Mapping[str, Any]:
    """Return what all news of a task say of it."""
    return {
        "course_name": edx_platform.get_course_title(CourseKey.from_string(task.course_id)),
        "task_title": config.title,
        "url": edx_platform.block_url(task.course_id, task.usage_key),
    }


def _list_class(
    task: Task, own: OwnSittingData | None, user_id: int, now: datetime, common: dict[str, Any]
) -> Iterator[NewsItemData]:
    if own is None or own.sitting is None or own.sitting.meeting.is_cancelled:
        return
    meeting = own.sitting.meeting
    if not now < meeting.starts_at <= now + _CLASS_AHEAD:
        return
    context = {
        **common,
        "starts_at": meeting.starts_at.isoformat(),
        "zone": meeting.zone.key,
        "place": meeting.place,
        "meeting_id": meeting.id,
    }
    key = f"{SESSION_SOON}:{task.pk}:{common['stage_id']}:{user_id}:{meeting.starts_at:%Y%m%dT%H%M}"
    yield NewsItemData(key=key, user_id=user_id, kind=SESSION_SOON, context=context)


def _item(
    kind: str, task: Task, stage: StageResultData, user_id: int, moment: datetime, context: dict[str, Any]
) -> NewsItemData:
    key = f"{kind}:{task.pk}:{stage.stage_id}:{user_id}:{moment:%Y%m%dT%H%M}"
    return NewsItemData(key=key, user_id=user_id, kind=kind, context=context)


def _hold_undone(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep what is about stages in which the person still has something to do, due when they would be told."""
    results, now = _list_results(user_id, items), timezone.now()
    return [item.key for item in items if _is_undone(item, results) and _is_dated(item, results, now)]


def _hold_coming(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep what is about class sessions at which the person has a seat, then and there, and was not yet."""
    results, now, seated = _list_results(user_id, items), timezone.now(), hold_seated(user_id, items)
    return [
        item.key
        for item in items
        if item.key in seated and _is_undone(item, results) and datetime.fromisoformat(item.context["starts_at"]) > now
    ]


def _list_results(user_id: int, items: Sequence[NewsItemData]) -> Mapping[int, BlendedResultData]:
    """Return the person's verdicts that were kept last, by task."""
    tasks = {_place_of(item)[0] for item in items}
    rows = Participation.objects.filter(user_id=user_id, task_id__in=tasks)
    return {row.task_id: result for row in rows if (result := standings.load(row)) is not None}


def _is_undone(item: NewsItemData, results: Mapping[int, BlendedResultData]) -> bool:
    task_id, stage_id = _place_of(item)
    stage = results[task_id].find_stage(stage_id) if task_id in results else None
    return stage is not None and stage.state == RequirementState.OPEN


def _is_dated(item: NewsItemData, results: Mapping[int, BlendedResultData], now: datetime) -> bool:
    """Tell whether an item says when its stage is due, which lies ahead."""
    task_id, stage_id = _place_of(item)
    due_at = results[task_id].find_dates(stage_id).due_at
    return (due_at.isoformat() if due_at else "") == item.context["due_at"] and (due_at is None or due_at > now)


def _place_of(item: NewsItemData) -> tuple[int, str]:
    """Return the task and the stage of an item."""
    return int(item.key.split(":")[1]), item.key.split(":")[2]


KINDS: Final = (
    NewsKindData(name=STAGE_OPENS, say=say_stage_opens, holds=_hold_undone),
    NewsKindData(name=STAGE_DUE, say=say_stage_due, holds=_hold_undone),
    NewsKindData(name=SESSION_SOON, say=say_session_soon, holds=_hold_coming),
)
