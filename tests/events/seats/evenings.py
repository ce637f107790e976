"""Evenings to come to, made as rows, and short ways to answer, wait and look: what tests of seats share."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from chapters.api import rsvps as api
from chapters.data import SEATED, ChapterData, EventOpenTo, EventState, RsvpData, RsvpDraftData, RsvpState
from chapters.events.seats import find_miscounted
from chapters.models import Event, EventSeries, Rsvp
from discussion_ext.api import attendance
from discussion_ext.data import MeetingMode, MeetingPlanData
from people.models import NewsItem

ROOM, ONLINE, BOTH = MeetingMode.OFFLINE, MeetingMode.ONLINE, MeetingMode.HYBRID
_numbers = itertools.count(1)


def make_event(chapter: ChapterData, *, days: float = 14, title: str = "Case evening", **columns: Any) -> Event:
    """Return a published event with its meeting, so many days from now; ``columns`` are those of its row."""
    starts_at = columns.pop("starts_at", None) or (timezone.now() + timedelta(days=days)).replace(
        second=0, microsecond=0
    )
    values: dict[str, Any] = {
        "state": EventState.PUBLISHED,
        "open_to": EventOpenTo.ANYONE,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "mode": ROOM.value,
        "published_at": timezone.now() - timedelta(days=1),
    }
    event = Event.objects.create(chapter_id=chapter.id, **{**values, **columns})
    plan = MeetingPlanData(
        title=title,
        mode=MeetingMode(event.mode),
        starts_local=starts_at.astimezone(chapter.zone).replace(tzinfo=None),
        zone=chapter.zone.key,
        minutes=120,
        fold=0,
    )
    event.meeting_id = attendance.create_meeting(key=f"event:{event.pk}", plan=plan, actor_id=None).id
    event.save(update_fields=["meeting_id"])
    return event


def make_series(
    chapter: ChapterData, *, dates: int = 3, days: float = 7, **columns: Any
) -> tuple[EventSeries, list[Event]]:
    """Return a weekly series with its published dates."""
    first = timezone.now() + timedelta(days=days)
    series = EventSeries.objects.create(
        chapter_id=chapter.id,
        title="Case evenings",
        frequency="weekly",
        starts_on=first.date().isoformat(),
        at="19:00",
        count=dates,
    )
    return series, [add_date(series, chapter, place=place, days=days + 7 * place, **columns) for place in range(dates)]


def add_date(series: EventSeries, chapter: ChapterData, *, place: int, days: float, **columns: Any) -> Event:
    """Return one more published date of a series."""
    on = (timezone.now() + timedelta(days=days)).date().isoformat()
    return make_event(chapter, days=days, series=series, occurrence=on, title=f"Case evening {place}", **columns)


def come(event: Event, user_id: int, **draft: Any) -> RsvpData:
    """Let somebody say that they come."""
    return api.answer(event_id=event.pk, user_id=user_id, draft=RsvpDraftData(**draft))


def fill_up(event: Event, *user_ids: int, **draft: Any) -> list[RsvpData]:
    """Let people answer one after the other, at moments that differ."""
    found = []
    for user_id in user_ids:
        found.append(come(event, user_id, **draft))
        Rsvp.objects.filter(event=event, user_id=user_id, queued_at__isnull=False).update(
            queued_at=timezone.now() - timedelta(days=1) + timedelta(seconds=next(_numbers))
        )
    return found


def states(event: Event) -> dict[int, RsvpState]:
    """Return what everybody's answer has come to, by person."""
    return {row.user_id: RsvpState(row.state) for row in Rsvp.objects.filter(event=event).order_by("pk")}


def state(event: Event, user_id: int) -> RsvpState:
    """Return what one person's answer has come to."""
    return states(event)[user_id]


def told(user_id: int | None = None, kind: str = "") -> list[str]:
    """Return the kinds of what people are told, in order."""
    found = NewsItem.objects.order_by("pk")
    if user_id is not None:
        found = found.filter(user_id=user_id)
    return [item.kind for item in found if not kind or item.kind == kind]


def pass_time(event: Event, moment: datetime) -> None:
    """Let an event begin at another moment, as if that much time had passed."""
    Event.objects.filter(pk=event.pk).update(starts_at=moment, ends_at=moment + timedelta(hours=2))


def let_lapse(event: Event, user_id: int) -> None:
    """Let the deadline of somebody's offer pass."""
    held = Rsvp.objects.filter(event=event, user_id=user_id, state=RsvpState.OFFERED)
    assert held.update(offer_until=timezone.now() - timedelta(seconds=1)) == 1


def assert_right(*events: Event) -> None:
    """Assert that what is counted is what is there, and that no event has more people than seats."""
    assert not list(find_miscounted()), list(Event.objects.values("pk", "room_taken", "online_taken", "waiting"))
    ids = [event.pk for event in events]
    over = Q(room_capacity__gt=0, room_taken__gt=F("room_capacity")) | Q(
        online_capacity__gt=0, online_taken__gt=F("online_capacity")
    )
    assert not Event.objects.filter(over, pk__in=ids).exists()


def seated(event: Event) -> list[int]:
    """Return who has a seat, or one kept for them."""
    return sorted(Rsvp.objects.filter(event=event, state__in=SEATED).values_list("user_id", flat=True))
