"""What came of an event, as its hosts write it down: a draft first, then published as what the chapter knows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.cursors import read_cursor, write_cursor
from chapters.data import (
    AwaitedResultData,
    EventData,
    EventOpenTo,
    EventResultData,
    EventState,
    ResultCardData,
    ResultChangeData,
    ResultPage,
)
from chapters.exceptions import InvalidValueError, StateError
from chapters.models import Event, EventResult
from chapters.profiles import read_text
from discussion_ext.api import attendance
from people import api as people

from . import news
from .presence import count_came
from .reading import get_event, get_events, page_size
from .records import events_to_read, to_events

MOST_TEXT: Final = 20_000
_SAVED: Final = "event.result_saved"
_PUBLISHED: Final = "event.result_published"
_AWAITED_DAYS: Final = 365
_MOST_AWAITED: Final = 20
_MOST_CHANGES: Final = 50


@transaction.atomic
def save_result(*, event_id: int, actor_id: int, text: str, revision: int, publishes: bool = False) -> EventResultData:
    """Keep what came of an event (Markdown, at most 20,000 characters); published, it stays so and can be changed.

    ``revision`` is that of the text which was changed, 0 for the first. Who had a seat is told of the first publishing.

    Raises NotFoundError, InvalidValueError ("text"), and StateError: called off, not begun, published before its end,
    or changed by somebody else meanwhile.
    """
    event, said = get_event(event_id), read_text(text, field="text", most=MOST_TEXT)
    _check_open(event, publishes=publishes)
    people.insert_or_update(EventResult(event_id=event_id), by=["event"])
    row = EventResult.objects.select_for_update().get(event_id=event_id)
    if row.revision != revision:
        raise StateError(_("Somebody else has changed this meanwhile. Read theirs, then save again."), field="revision")
    is_first = publishes and row.published_at is None
    if (publishes or row.published_at is not None) and not said:
        raise InvalidValueError(_("Write what came of it before it is published."), field="text")
    if said == row.text and not is_first and revision:
        return to_result(row, event)
    row.text, row.author_id, row.revision = said, actor_id, row.revision + 1
    if is_first:
        row.published_at = timezone.now()
    row.save(update_fields=["text", "author_id", "revision", "published_at", "changed_at"])
    people.record_audit(
        actor_id=actor_id,
        verb=_PUBLISHED if is_first else _SAVED,
        target=_target(event_id),
        context_key=f"chapter:{event.chapter_id}",
        data={"revision": row.revision, "characters": len(said)},
    )
    if is_first:
        news.tell_result(event)
    return to_result(row, event)


def find_result(event_id: int) -> EventResultData | None:
    """Return what was written of an event, published or not; None while nothing was."""
    row = EventResult.objects.filter(event_id=event_id).first()
    if row is None or not row.revision:
        return None
    return to_result(row, get_event(event_id))


def list_result_changes(event_id: int) -> tuple[ResultChangeData, ...]:
    """Return who changed a result when, the newest first, the last 50 times; two queries."""
    entries = people.list_audit(target=_target(event_id), page_size=_MOST_CHANGES).entries
    return tuple(
        ResultChangeData(at=entry.recorded_at, actor_id=entry.actor_id, is_publishing=entry.verb == _PUBLISHED)
        for entry in entries
    )


def list_results(
    *,
    chapter_id: int,
    open_to: frozenset[EventOpenTo] | None = None,
    cursor: str = "",
    limit: int | None = None,
) -> ResultPage:
    """Return published results of a chapter, of the latest event first: a fixed number of queries.

    ``open_to`` is what the reader may see of events, None for all. Raises InvalidValueError ("cursor").
    """
    size = page_size(limit)
    rows = events_to_read().filter(
        chapter_id=chapter_id, state=EventState.PUBLISHED, result__published_at__isnull=False
    )
    if open_to is not None:
        rows = rows.filter(open_to__in=open_to)
    if after := read_cursor(cursor, (datetime, int)):
        rows = _after(rows, *after)
    found = list(rows.order_by("-starts_at", "-pk")[: size + 1])
    events = {event.id: event for event in to_events(found[:size])}
    last = found[size - 1] if len(found) > size else None
    return ResultPage(
        results=tuple(
            ResultCardData(event=events[row.pk], result=to_result(row.result, events[row.pk]))
            for row in found[:size]
            if row.pk in events
        ),
        cursor=write_cursor(last.starts_at, last.pk) if last else "",
    )


def list_awaiting_results(chapter_id: int, *, limit: int = _MOST_AWAITED) -> tuple[AwaitedResultData, ...]:
    """Return events of the last year whose result nobody has published, the one due first ahead: six queries."""
    now = timezone.now()
    rows = Event.objects.filter(
        Q(result__isnull=True) | Q(result__published_at__isnull=True),
        chapter_id=chapter_id,
        state=EventState.PUBLISHED,
        starts_at__gte=now - timedelta(days=_AWAITED_DAYS),
        ends_at__lte=now,
    )
    drafts = dict(rows.order_by("-starts_at", "-pk").values_list("pk", "result__revision")[:limit])
    events, came = get_events(drafts), count_came(drafts)
    awaited = [
        AwaitedResultData(
            event=event, due_at=due_at(event), came=came.get(event.id, 0), has_draft=bool(drafts[event.id])
        )
        for event in events.values()
    ]
    return tuple(sorted(awaited, key=lambda each: (each.due_at, each.event.id)))


def due_at(event: EventData) -> datetime:
    """Return until when the result of an event should be published, on the clock of its place."""
    return attendance.shift_days(event.ends_at, event.zone, settings.CHAPTERS_RESULT_DAYS)


def to_result(row: EventResult, event: EventData) -> EventResultData:
    """Return a result as it is handed out."""
    return EventResultData(
        event_id=row.event_id,
        text=row.text,
        author_id=row.author_id,
        published_at=row.published_at,
        changed_at=row.changed_at,
        due_at=due_at(event),
        revision=row.revision,
    )


def _check_open(event: EventData, *, publishes: bool) -> None:
    now = timezone.now()
    if event.state is not EventState.PUBLISHED:
        raise StateError(_("This event did not take place, so nothing came of it."))
    if now < event.starts_at:
        raise StateError(_("This event has not begun. Write down what came of it afterwards."))
    if publishes and not event.is_over(now):
        raise StateError(_("This event is not over. Save a draft, and publish it afterwards."))


def _after(rows: QuerySet[Any], at: datetime, pk: int) -> QuerySet[Any]:
    return rows.filter(starts_at__lte=at).exclude(starts_at=at, pk__gte=pk)


def _target(event_id: int) -> str:
    return f"event_result:{event_id}"
