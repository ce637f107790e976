"""Answers as they are read: one's own with a place in line, and those to many events at once."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count
from django.utils import timezone

from chapters.data import SEATED, EventState, RsvpData, RsvpState
from chapters.models import Rsvp

from .rsvp_records import to_rsvp, to_rsvps
from .seat_words import find_place, say_overlap, say_why

#: Answers with which it matters that somebody is expected elsewhere at that time.
_MAY_COME = frozenset({*SEATED, RsvpState.WAITLISTED, RsvpState.PENDING})
_MOST_EVENTS = 200


def find_rsvp(event_id: int, user_id: int) -> RsvpData | None:
    """Return somebody's answer with their place in line, why they wait and what overlaps, None where there is none.

    A fixed number of queries, at most eight.
    """
    row = Rsvp.objects.select_related("event").filter(event_id=event_id, user_id=user_id).first()
    if row is None:
        return None
    event, now = row.event, timezone.now()
    is_coming = event.state == EventState.PUBLISHED and event.starts_at > now
    return to_rsvp(
        row,
        event,
        place_in_line=find_place(event, row) if is_coming else None,
        waits_why=say_why(event, row, now),
        overlaps=say_overlap(event, user_id) if is_coming and row.state in _MAY_COME else "",
    )


def find_rsvps(event_ids: Iterable[int], user_id: int) -> dict[int, RsvpData]:
    """Return somebody's answers to these events, by event, in one query; without places in line."""
    rows = Rsvp.objects.select_related("event").filter(event_id__in=list(event_ids), user_id=user_id)
    return {each.event_id: each for each in to_rsvps(rows)}


def count_pending(chapter_id: int) -> dict[int, int]:
    """Return how many wait for approval at each coming event of a chapter that has some, by event; one query.

    At most the first 200 events.
    """
    waiting = Rsvp.objects.filter(
        event__chapter_id=chapter_id,
        event__state=EventState.PUBLISHED,
        event__starts_at__gt=timezone.now(),
        state=RsvpState.PENDING,
    )
    rows = waiting.order_by().values_list("event_id").annotate(number=Count("pk")).order_by("event__starts_at")
    return dict(rows[:_MOST_EVENTS])
