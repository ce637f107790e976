"""Short ways to make events and answers: events through the api, answers as rows with what is counted of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from chapters.api import events
from chapters.data import (
    SEATED,
    ChapterData,
    EventData,
    EventPlanData,
    EventState,
    RsvpState,
)
from chapters.events.seats import COLUMNS
from chapters.models import Event, Rsvp
from chapters.reading import get_chapter
from discussion_ext.data import MeetingMode
from discussion_ext.models import Meeting
from tests.chapters.factories import make_member, make_organizer

ZONE = "Africa/Nairobi"


def in_days(days: float = 10, *, hour: int = 18, minute: int = 30) -> datetime:
    """Return a time on a wall so many days from today."""
    day = timezone.now() + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0, tzinfo=None)


def make_plan(**fields: Any) -> EventPlanData:
    """Return what organizers fill in: an evening in ten days, in a room without a limit, open to members."""
    values: dict[str, Any] = {
        "title": "Evening of hard talks",
        "starts_local": in_days(),
        "zone": ZONE,
        "mode": MeetingMode.OFFLINE,
        "place": "Library, Kenyatta Avenue 1",
    }
    return EventPlanData(**{**values, **fields})


def make_draft(chapter: ChapterData, *, actor_id: int | None = None, **fields: Any) -> EventData:
    """Return a draft made by an organizer, a new one where nobody is named; ``fields`` are those of its plan."""
    actor = make_organizer(chapter) if actor_id is None else actor_id
    return events.create_event(chapter_id=chapter.id, actor_id=actor, plan=make_plan(**fields))


def make_event(chapter: ChapterData, *, actor_id: int | None = None, **fields: Any) -> EventData:
    """Return a published event; ``fields`` are those of its plan."""
    actor = make_organizer(chapter) if actor_id is None else actor_id
    draft = make_draft(chapter, actor_id=actor, **fields)
    return events.publish_event(event_id=draft.id, actor_id=actor)


def make_past_event(chapter: ChapterData, *, days: float = 3, **fields: Any) -> EventData:
    """Return a published event that ended so many days ago."""
    return put_start(make_event(chapter, **fields), timezone.now() - timedelta(days=days))


def put_start(event: EventData, starts_at: datetime) -> EventData:
    """Put an event at another instant, to the minute, as time would, and return it; nobody is told."""
    starts_at = starts_at.replace(second=0, microsecond=0)
    ends_at = starts_at + timedelta(minutes=event.minutes)
    local = starts_at.astimezone(event.zone)
    Meeting.objects.filter(pk=event.meeting_id).update(
        starts_at=starts_at, ends_at=ends_at, starts_local=f"{local:%Y-%m-%dT%H:%M}", fold=local.fold
    )
    Event.objects.filter(pk=event.id).update(
        starts_at=starts_at, ends_at=ends_at, told_starts_at=starts_at, timed_at=timezone.now() - timedelta(days=30)
    )
    return events.get_event(event.id)


def make_rsvp(
    event: EventData,
    user_id: int | None = None,
    *,
    state: RsvpState = RsvpState.GOING,
    mode: MeetingMode = MeetingMode.OFFLINE,
    guests: int = 0,
    **fields: Any,
) -> Rsvp:
    """Return the row of somebody's answer, of a new member where nobody is named, and count it with the event."""
    now = timezone.now()
    values: dict[str, Any] = {"state_at": now}
    if state in {RsvpState.PENDING, RsvpState.WAITLISTED, RsvpState.OFFERED}:
        values["queued_at"] = now
    if state is RsvpState.OFFERED:
        values |= {"offered_at": now, "offer_until": now + timedelta(hours=48), "offers": 1}
    row = Rsvp.objects.create(
        event_id=event.id,
        user_id=_make_member(event.chapter_id) if user_id is None else user_id,
        state=state.value,
        mode=mode.value,
        guests=guests,
        **{**values, **fields},
    )
    count(event.id)
    return row


def count(event_id: int) -> None:
    """Count the seats and the line of an event from its answers."""
    rows = list(Rsvp.objects.filter(event_id=event_id))
    taken = {
        column: sum(1 + row.guests for row in rows if row.state in SEATED and row.mode == mode)
        for mode, (_capacity, column) in COLUMNS.items()
    }
    waiting = sum(row.state == RsvpState.WAITLISTED for row in rows)
    Event.objects.filter(pk=event_id).update(waiting=waiting, **taken)


def put_state(event: EventData, state: EventState) -> EventData:
    """Put an event into a state as a row, and nothing else; return it."""
    Event.objects.filter(pk=event.id).update(state=state.value)
    return events.get_event(event.id)


def _make_member(chapter_id: int) -> int:
    return make_member(get_chapter(chapter_id)).user_id
