"""Events by their numbers and in lists: a fixed number of queries however many there are and whoever comes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.cursors import read_cursor, write_cursor
from chapters.data import (
    EventData,
    EventOpenTo,
    EventPage,
    EventPlanData,
    EventState,
    EventWhen,
    RsvpState,
)
from chapters.exceptions import NotFoundError
from chapters.models import Chapter, Event, EventHost, Rsvp

from .cards import list_cards
from .records import events_to_read, to_events, to_plan

#: What everybody may know of; drafts are for those who make them.
SHOWN: Final = (EventState.PUBLISHED, EventState.CANCELLED)
#: Answers that make an event one of somebody's own.
MINE: Final = (RsvpState.GOING, RsvpState.OFFERED, RsvpState.WAITLISTED, RsvpState.PENDING)

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


def list_events(
    *,
    chapter_id: int,
    when: EventWhen = EventWhen.COMING,
    user_id: int | None = None,
    open_to: Collection[EventOpenTo] | None = None,
    states: Collection[EventState] = SHOWN,
    cursor: str = "",
    limit: int | None = None,
) -> EventPage:
    """Return events of a chapter: coming ones (until they end) soonest first, past ones latest first.

    ``open_to`` is what the reader may see, None for all; ``user_id`` whose answers come along. Raises
    InvalidValueError ("cursor").
    """
    found = Event.objects.filter(chapter_id=chapter_id, state__in=states)
    if open_to is not None:
        found = found.filter(open_to__in=open_to)
    return _read_page(found, when=when, user_id=user_id, cursor=cursor, limit=limit)


def list_my_events(
    *, user_id: int, when: EventWhen = EventWhen.COMING, cursor: str = "", limit: int | None = None
) -> EventPage:
    """Return events that somebody answered or hosts, of all chapters: coming soonest first, past latest first.

    Past are those to which they had a seat, and which they hosted. Raises InvalidValueError ("cursor").
    """
    states = MINE if when is EventWhen.COMING else (RsvpState.GOING,)
    answered = Rsvp.objects.filter(user_id=user_id, state__in=states).values("event_id")
    hosted = EventHost.objects.filter(user_id=user_id).values("event_id")
    found = Event.objects.filter(Q(pk__in=answered) | Q(pk__in=hosted), state__in=SHOWN)
    return _read_page(found, when=when, user_id=user_id, cursor=cursor, limit=limit)


def list_drafts(
    *, chapter_id: int, host_id: int | None = None, cursor: str = "", limit: int | None = None
) -> EventPage:
    """Return drafts of a chapter, soonest first, those whose start has passed included; of one host for ``host_id``.

    Somebody who made a draft sees it as well as its hosts. Raises InvalidValueError ("cursor").
    """
    found = Event.objects.filter(chapter_id=chapter_id, state=EventState.DRAFT)
    if host_id is not None:
        hosted = EventHost.objects.filter(user_id=host_id).values("event_id")
        found = found.filter(Q(created_by=host_id) | Q(pk__in=hosted))
    return _read_page(found, when=None, user_id=None, cursor=cursor, limit=limit)


def next_events(chapter_ids: Iterable[int], *, open_to: Collection[EventOpenTo] | None = None) -> dict[int, EventData]:
    """Return the next published event of each chapter that has one, by chapter; four queries."""
    ids = _find_next(chapter_ids, "pk", open_to)
    events = get_events(ids.values())
    return {chapter_id: events[pk] for chapter_id, pk in ids.items() if pk in events}


def next_starts(chapter_ids: Iterable[int], *, open_to: Collection[EventOpenTo] | None = None) -> dict[int, datetime]:
    """Return when the next published event of each chapter begins that has one, by chapter; one query."""
    return _find_next(chapter_ids, "starts_at", open_to)


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


def _find_next(chapter_ids: Iterable[int], column: str, open_to: Collection[EventOpenTo] | None) -> dict[int, Any]:
    now = timezone.now()
    events = Event.objects.filter(chapter_id=OuterRef("pk"), state=EventState.PUBLISHED)
    if open_to is not None:
        events = events.filter(open_to__in=open_to)
    first = Subquery(coming(events, now).order_by("starts_at", "pk").values(column)[:1])
    rows = Chapter.objects.filter(pk__in=list(chapter_ids)).annotate(next_event=first)
    return {pk: value for pk, value in rows.values_list("pk", "next_event") if value is not None}


def _read_page(
    found: QuerySet[Event], *, when: EventWhen | None, user_id: int | None, cursor: str, limit: int | None
) -> EventPage:
    size, now, is_past = page_size(limit), timezone.now(), when is EventWhen.PAST
    if when is EventWhen.COMING:
        found = coming(found, now)
    elif is_past:
        found = found.filter(ends_at__lte=now)
    if place := read_cursor(cursor, (datetime, int)):
        starts_at, pk = place
        beyond = Q(starts_at=starts_at, pk__lt=pk) | Q(starts_at__lt=starts_at)
        if not is_past:
            beyond = Q(starts_at=starts_at, pk__gt=pk) | Q(starts_at__gt=starts_at)
        found = found.filter(beyond)
    order = ("-starts_at", "-pk") if is_past else ("starts_at", "pk")
    ids = list(found.order_by(*order).values_list("pk", "starts_at")[: size + 1])
    events = get_events(pk for pk, _starts_at in ids[:size])
    cards = list_cards((events[pk] for pk, _starts_at in ids[:size] if pk in events), user_id=user_id)
    last = ids[size - 1] if len(ids) > size else None
    return EventPage(events=cards, cursor=write_cursor(last[1], last[0]) if last else "")
