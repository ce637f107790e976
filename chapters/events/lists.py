"""Events in lists, with what they are to the reader: keyset pages, and a fixed number of queries for each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from chapters.cursors import read_cursor, write_cursor
from chapters.data import EventOpenTo, EventPage, EventState, EventWhen, RsvpState
from chapters.models import Event, EventHost, Rsvp

from .cards import list_cards
from .reading import SHOWN, coming, get_events, page_size

#: Answers that make an event one of somebody's own.
MINE: Final = (RsvpState.GOING, RsvpState.OFFERED, RsvpState.WAITLISTED, RsvpState.PENDING)


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
