"""Events by their numbers and in lists: a fixed number of queries however many there are and whoever comes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.data import (
    EventData,
    EventOpenTo,
    EventPlanData,
    EventState,
)
from chapters.exceptions import NotFoundError
from chapters.models import Chapter, Event

from .records import events_to_read, to_events, to_plan

#: What everybody may know of; drafts are for those who make them.
SHOWN: Final = (EventState.PUBLISHED, EventState.CANCELLED)

_LONGEST: Final = timedelta(minutes=2880)
_MOST_ROWS: Final = 100


def get_event(event_id: int) -> EventData:
    """Return an event, or raise NotFoundError; three queries."""
    found = get_events([event_id])
    if event_id not in found:
        raise NotFoundError(_("There is no such event, or not any more."))
    return found[event_id]


def find_event(chapter_id: int, event_id: int) -> EventData | None:
    """Return an event of this chapter, None where it has none of this number. Whether it is shown is not asked."""
    return next(iter(to_events(events_to_read().filter(pk=event_id, chapter_id=chapter_id))), None)


def get_events(event_ids: Iterable[int]) -> dict[int, EventData]:
    """Return the events that exist, by number; three queries."""
    return {event.id: event for event in to_events(events_to_read().filter(pk__in=list(event_ids)))}


def get_plan(event_id: int) -> EventPlanData:
    """Return what organizers filled in of an event, or raise NotFoundError; five queries."""
    row = events_to_read().filter(pk=event_id).first()
    found = to_events([row]) if row is not None else []
    if row is None or not found:
        raise NotFoundError(_("There is no such event, or not any more."))
    return to_plan(row, found[0])


def next_events(
    chapter_ids: Iterable[int], *, open_to: Collection[EventOpenTo] | None = None, inside: Collection[int] = ()
) -> dict[int, EventData]:
    """Return the next published event of each chapter that has one, by chapter; four queries.

    ``open_to`` is what the reader may see, None for all, except in the chapters ``inside`` which they are.
    """
    ids = _find_next(chapter_ids, "pk", open_to, inside)
    events = get_events(ids.values())
    return {chapter_id: events[pk] for chapter_id, pk in ids.items() if pk in events}


def next_starts(
    chapter_ids: Iterable[int], *, open_to: Collection[EventOpenTo] | None = None, inside: Collection[int] = ()
) -> dict[int, datetime]:
    """Return when the next published event of each chapter begins that has one, as `next_events`; one query."""
    return _find_next(chapter_ids, "starts_at", open_to, inside)


def count_past_events(chapter_id: int) -> int:
    """Return how many events of a chapter have taken place; one query of the chapter's own events."""
    return Event.objects.filter(chapter_id=chapter_id, state=EventState.PUBLISHED, ends_at__lte=timezone.now()).count()


def page_size(limit: int | None) -> int:
    """Return how many events a page has: the site's number unless the caller says otherwise, 1 to 100."""
    return min(max(limit or settings.CHAPTERS_PAGE_SIZE, 1), _MOST_ROWS)


def coming(found: QuerySet[Event], now: datetime) -> QuerySet[Event]:
    """Return those of some events that have not ended."""
    # The index knows starts; what began longer ago than any event lasts is over.
    return found.filter(starts_at__gt=now - _LONGEST, ends_at__gt=now)


def _find_next(
    chapter_ids: Iterable[int], column: str, open_to: Collection[EventOpenTo] | None, inside: Collection[int]
) -> dict[int, Any]:
    now = timezone.now()
    events = Event.objects.filter(chapter_id=OuterRef("pk"), state=EventState.PUBLISHED)
    if open_to is not None:
        events = events.filter(Q(open_to__in=open_to) | Q(chapter_id__in=list(inside)))
    first = Subquery(coming(events, now).order_by("starts_at", "pk").values(column)[:1])
    rows = Chapter.objects.filter(pk__in=list(chapter_ids)).annotate(next_event=first)
    return {pk: value for pk, value in rows.values_list("pk", "next_event") if value is not None}
