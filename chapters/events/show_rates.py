"""How many of those with a seat come to a chapter's events, and how many seats more could be given because of it."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from chapters.data import EventState, RsvpSource, RsvpState, ShowRateData
from chapters.models import Event, Rsvp
from discussion_ext.api import attendance
from discussion_ext.data import MeetingMode

from .presence import came_to
from .reading import get_events

#: Fewer events or seats than these say nothing.
LEAST_EVENTS: Final = 3
LEAST_SEATS: Final = 20

_DAYS: Final = 365
_MOST_EVENTS: Final = 24
#: One-sided 90 %: the room overflows one time in ten at most.
_SURE: Final = 1.2816
_MOST_SHARE: Final = 0.5


def find_show_rate(chapter_id: int, *, mode: MeetingMode | None = None, capacity: int = 0) -> ShowRateData:
    """Return how many of those with a seat came in the last twelve months, in the last 24 events of a chapter.

    Only events count at which attendance was taken; who walked in had no seat. ``mode`` narrows it to the room or the
    call; with ``capacity`` (0: no hint) it is said how many seats more could be given. Six queries.
    """
    events = _list_taken(chapter_id, mode)
    came = Exists(attendance.who_came(OuterRef("event__meeting_id")).filter(user_id=OuterRef("user_id")))
    seated = Rsvp.objects.filter(event_id__in=sorted({event_id for event_id, _mode in events}), state=RsvpState.GOING)
    seated = seated.exclude(source=RsvpSource.WALK_IN).alias(has_come=came)
    counts = {
        (event_id, way): (seats, came_count)
        for event_id, way, seats, came_count in seated.order_by()
        .values_list("event_id", "mode")
        .annotate(seats=Count("pk"), came=Count("pk", filter=Q(has_come=True)))
    }
    known = {key: counts[key] for key in events if key in counts}
    seats, came_all = sum(each[0] for each in known.values()), sum(each[1] for each in known.values())
    number = len({event_id for event_id, _mode in known})
    if number < LEAST_EVENTS or seats < LEAST_SEATS:
        return ShowRateData(events=number, seats=seats, came=came_all)
    return ShowRateData(
        events=number,
        seats=seats,
        came=came_all,
        rate=came_all / seats,
        overbook=hint_overbooking(seats=seats, came=came_all, capacity=capacity),
    )


def hint_overbooking(*, seats: int, came: int, capacity: int) -> int:
    """Return how many seats beyond ``capacity`` could be given so that those who come fit in, 0 to half of it.

    Cautious: it reckons with the upper end of what the known share of ``came`` among ``seats`` allows (Wilson's score
    interval, one-sided 90 %), not with the share itself. Pure.
    """
    if capacity < 1 or seats < 1 or came > seats:
        return 0
    share, square = came / seats, _SURE**2
    middle = share + square / (2 * seats)
    spread = _SURE * math.sqrt(share * (1 - share) / seats + square / (4 * seats**2))
    highest = min(1.0, (middle + spread) / (1 + square / seats))
    return min(math.floor(capacity / highest + 1e-9) - capacity, math.floor(capacity * _MOST_SHARE))


def _list_taken(chapter_id: int, mode: MeetingMode | None) -> list[tuple[int, str]]:
    """Return the event and way of coming of which attendance was taken, of the latest events that are over."""
    now = timezone.now()
    rows = Event.objects.filter(
        chapter_id=chapter_id,
        state=EventState.PUBLISHED,
        starts_at__gte=now - timedelta(days=_DAYS),
        ends_at__lte=now,
    )
    ids = list(rows.order_by("-starts_at", "-pk").values_list("pk", flat=True)[:_MOST_EVENTS])
    taken = came_to(get_events(ids).values())
    return [key for key, is_taken in taken.items() if is_taken and mode in (None, key[1])]
