"""Rows of events, joined with their meetings, as the frozen data that is handed out. Queries do not grow with rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Prefetch, QuerySet

from chapters.data import (
    AccessFact,
    EventData,
    EventOpenTo,
    EventPlanData,
    EventQuestionData,
    EventState,
    EventUnitData,
    QuestionKind,
    SeatsData,
)
from chapters.models import Event, EventHost, EventQuestion, EventUnit
from discussion_ext.api import attendance
from discussion_ext.data import MeetingData, MeetingMode, TopicKind

#: Which seats an event of a mode has, the room first.
MODES_OF = {
    MeetingMode.OFFLINE: (MeetingMode.OFFLINE,),
    MeetingMode.ONLINE: (MeetingMode.ONLINE,),
    MeetingMode.HYBRID: (MeetingMode.OFFLINE, MeetingMode.ONLINE),
}


def events_to_read() -> QuerySet[Event]:
    """Return events with what `to_events` needs beside their meetings: two queries however many they are."""
    return Event.objects.select_related("result").prefetch_related(hosts_in_order())


def hosts_in_order() -> Prefetch:
    """Return how the hosts of events are read with them: one query however many events there are."""
    return Prefetch("hosts", queryset=EventHost.objects.order_by("position", "pk"))


def to_events(rows: Iterable[Event]) -> list[EventData]:
    """Return events read by `events_to_read` in their order, with one query for their meetings.

    An event whose meeting is gone is left out: nobody could come.
    """
    found = list(rows)
    meetings = attendance.get_meetings(row.meeting_id for row in found if row.meeting_id is not None)
    return [to_event(row, meetings[row.meeting_id]) for row in found if row.meeting_id in meetings]


def to_event(row: Event, meeting: MeetingData) -> EventData:
    """Return an event and its meeting as one."""
    result = getattr(row, "result", None)
    return EventData(
        id=row.pk,
        chapter_id=row.chapter_id,
        series_id=row.series_id,
        occurrence=date.fromisoformat(row.occurrence) if row.occurrence else None,
        is_changed_apart=row.is_changed_apart,
        meeting_id=meeting.id,
        uid=meeting.uid,
        sequence=meeting.sequence,
        state=EventState(row.state),
        title=meeting.title,
        mode=meeting.mode,
        open_to=EventOpenTo(row.open_to),
        kind=TopicKind(row.kind) if row.kind else None,
        languages=tuple(row.languages.split()),
        summary=row.summary,
        description=row.description,
        agenda=row.agenda,
        zone=meeting.zone,
        starts_local=meeting.starts_local,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        minutes=meeting.minutes,
        place=meeting.place,
        place_hint=row.place_hint,
        is_place_hidden=row.is_place_hidden,
        link=meeting.link,
        link_minutes=row.link_minutes,
        access_facts=frozenset(AccessFact(each) for each in row.access_facts.split()),
        access_note=row.access_note,
        host_ids=tuple(host.user_id for host in row.hosts.all()),
        seats=_to_seats(row, meeting.mode),
        waiting=row.waiting,
        guests_most=row.guests_most,
        needs_approval=row.needs_approval,
        has_waitlist=row.has_waitlist,
        offer_hours=row.offer_hours,
        opens_at=None
        if row.opens_days is None
        else attendance.shift_days(meeting.starts_at, meeting.zone, -row.opens_days),
        closes_at=meeting.starts_at - timedelta(minutes=row.closes_minutes),
        cancel_reason=meeting.cancel_reason,
        cancelled_at=meeting.cancelled_at,
        published_at=row.published_at,
        changed_at=row.changed_at,
        revision=row.revision,
        moved_from=row.moved_from,
        result_at=result.published_at if result is not None else None,
    )


def to_plan(row: Event, event: EventData) -> EventPlanData:
    """Return what organizers filled in of an event: two queries, for its questions and units."""
    return EventPlanData(
        title=event.title,
        starts_local=event.starts_local,
        zone=event.zone.key,
        minutes=event.minutes,
        fold=event.starts_at.astimezone(event.zone).fold,
        mode=event.mode,
        open_to=event.open_to,
        kind=event.kind,
        languages=event.languages,
        summary=event.summary,
        description=event.description,
        agenda=event.agenda,
        place=event.place,
        place_hint=event.place_hint,
        is_place_hidden=event.is_place_hidden,
        link=event.link,
        link_minutes=event.link_minutes,
        access_facts=event.access_facts,
        access_note=event.access_note,
        host_ids=event.host_ids,
        room_capacity=row.room_capacity,
        online_capacity=row.online_capacity,
        guests_most=event.guests_most,
        needs_approval=event.needs_approval,
        has_waitlist=event.has_waitlist,
        offer_hours=event.offer_hours,
        opens_days=row.opens_days,
        closes_minutes=row.closes_minutes,
        questions=list_questions(row.pk),
        units=list_units(row.pk),
    )


def list_questions(event_id: int) -> tuple[EventQuestionData, ...]:
    """Return what an event asks those who come, in order; one query."""
    rows = EventQuestion.objects.filter(event_id=event_id).order_by("position", "pk")
    return tuple(
        EventQuestionData(
            id=row.pk,
            kind=QuestionKind(row.kind),
            text=row.text,
            choices=tuple(row.choices.splitlines()),
            is_needed=row.is_needed,
        )
        for row in rows
    )


def list_units(event_id: int) -> tuple[EventUnitData, ...]:
    """Return the units to prepare with, in order; one query."""
    rows = EventUnit.objects.filter(event_id=event_id).order_by("position", "pk")
    return tuple(EventUnitData(usage_key=row.usage_key, title=row.title, minutes=row.minutes) for row in rows)


def _to_seats(row: Event, mode: MeetingMode) -> tuple[SeatsData, ...]:
    kept = {
        MeetingMode.OFFLINE: (row.room_capacity, row.room_taken),
        MeetingMode.ONLINE: (row.online_capacity, row.online_taken),
    }
    return tuple(SeatsData(mode=each, capacity=kept[each][0], taken=kept[each][1]) for each in MODES_OF[mode])
