"""Whether people came to events they had a seat at: said fairly, and forgotten in time.

Nobody is a no-show where nobody took attendance. Who gave the seat back in time, was excused, or says that they were
there and waits for an answer is none either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from chapters.cursors import read_cursor, write_cursor
from chapters.data import EventData, EventState, Presence, PresenceData, PresencePage, RsvpState
from chapters.models import Event, PresenceRequest, Rsvp
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceData, AttendanceState

from .reading import get_event, get_events, page_size

_LAPSES = frozenset({Presence.NO_SHOW, Presence.CANCELLED_LATE})
#: Answers that say something of somebody's coming once the event is over.
_COUNTED = (RsvpState.GOING.value, RsvpState.CANCELLED.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is known of one person at one event.

    ``answer`` is where their answer ended, ``is_late`` whether the seat was given back too late. ``attendance`` is what
    was recorded of them, None for nothing. ``is_over``: it took place and has ended. ``is_roll_over``: its hosts cannot
    record anybody any more. ``is_taken``: somebody who came the same way was recorded present. ``has_asked``: they say
    they were there and nobody has answered. ``is_fresh``: it is not so long ago that it is forgotten.
    """

    answer: RsvpState | None = None
    is_late: bool = False
    attendance: AttendanceState | None = None
    is_over: bool = True
    is_roll_over: bool = True
    is_taken: bool = True
    has_asked: bool = False
    is_fresh: bool = True


def say_presence(known: Known) -> Presence:
    """Return what can fairly be said of somebody's coming. Pure."""
    if known.attendance is AttendanceState.PRESENT:
        return Presence.ATTENDED
    if known.attendance is AttendanceState.EXCUSED:
        return Presence.EXCUSED
    if not known.is_over or not known.is_fresh:
        return Presence.UNKNOWN
    if known.answer is RsvpState.CANCELLED and known.is_late:
        return Presence.CANCELLED_LATE
    is_decided = known.is_roll_over and known.is_taken and not known.has_asked
    return Presence.NO_SHOW if known.answer is RsvpState.GOING and is_decided else Presence.UNKNOWN


def find_presence(event_id: int, user_id: int) -> PresenceData:
    """Return what is known of one person at one event. Raises NotFoundError for no event."""
    return list_presences_at(event_id, [user_id])[user_id]


def list_presences(event_ids: Iterable[int], user_id: int) -> dict[int, PresenceData]:
    """Return what is known of one person at each of these events, by event: eight queries at most."""
    return read_presences(get_events(event_ids).values(), user_id)


def read_presences(events: Iterable[EventData], user_id: int) -> dict[int, PresenceData]:
    """Return what is known of one person at each of these events, by event: five queries at most."""
    found = _read(events, [user_id])
    return {event_id: data for (event_id, _user_id), data in found.items()}


def list_presences_at(event_id: int, user_ids: Iterable[int]) -> dict[int, PresenceData]:
    """Return what is known of each of these people at one event, by person. Raises NotFoundError for no event."""
    found = _read([get_event(event_id)], user_ids)
    return {user_id: data for (_event_id, user_id), data in found.items()}


def list_presence(*, user_id: int, cursor: str = "", limit: int | None = None) -> PresencePage:
    """Return what is known of somebody at the past events they had a seat at, the latest first.

    Raises InvalidValueError ("cursor").
    """
    size = page_size(limit)
    mine = Rsvp.objects.filter(user_id=user_id, state__in=_COUNTED).exclude(state=RsvpState.CANCELLED, is_late=False)
    events = Event.objects.filter(
        pk__in=mine.values("event_id"), state=EventState.PUBLISHED, ends_at__lte=timezone.now()
    )
    if after := read_cursor(cursor, (datetime, int)):
        at, pk = after
        events = events.filter(starts_at__lte=at).exclude(starts_at=at, pk__gte=pk)
    rows = list(events.order_by("-starts_at", "-pk").values_list("pk", "starts_at")[: size + 1])
    found = list_presences([pk for pk, _at in rows[:size]], user_id)
    last = rows[size - 1] if len(rows) > size else None
    return PresencePage(
        presences=tuple(found[pk] for pk, _at in rows[:size] if pk in found),
        cursor=write_cursor(last[1], last[0]) if last else "",
    )


def count_came(event_ids: Iterable[int]) -> dict[int, int]:
    """Return how many were recorded present at each of these events, by event: two queries."""
    rows = Event.objects.filter(pk__in=list(event_ids), meeting_id__isnull=False)
    meetings = {pk: meeting_id for pk, meeting_id in rows.values_list("pk", "meeting_id") if meeting_id is not None}
    counts = attendance.count_attendance(meetings.values())
    return {pk: counts[meeting_id][AttendanceState.PRESENT] for pk, meeting_id in meetings.items()}


def came_to(events: Iterable[EventData]) -> Mapping[tuple[int, str], bool]:
    """Tell of each event and mode of coming whether anybody who came so was recorded present: one query.

    Keys are event and MeetingMode; who took only the roll of the room says nothing of those who joined the call.
    """
    seats = {event.id: [each.mode.value for each in event.seats] for event in events}
    modes = sorted({mode for found in seats.values() for mode in found})
    if not modes:
        return {}
    present = attendance.who_came(OuterRef("event__meeting_id")).filter(user_id=OuterRef("user_id"))
    came = Rsvp.objects.filter(Exists(present), event_id=OuterRef("pk"))
    taken = {f"{mode}_taken_by": Exists(came.filter(mode=mode)) for mode in modes}
    rows = Event.objects.filter(pk__in=list(seats)).annotate(**taken).values_list("pk", *taken)
    return {
        (pk, mode): is_taken
        for pk, *answers in rows
        for mode, is_taken in zip(modes, answers, strict=True)
        if mode in seats[pk]
    }


def _read(events: Iterable[EventData], user_ids: Iterable[int]) -> dict[tuple[int, int], PresenceData]:
    """Return what is known by event and person; questions that nobody's answer hangs on are not asked."""
    shown, people_ids, now = list(events), list(user_ids), timezone.now()
    meetings = attendance.get_meetings(event.meeting_id for event in shown)
    recorded = attendance.find_attendance(meetings, people_ids)
    answers = _find_answers(shown, people_ids)
    asked = _find_requests(shown, people_ids)
    is_over = {event.id: event.state is EventState.PUBLISHED and event.is_over(now) for event in shown}
    is_roll_over = {
        event.id: event.meeting_id in meetings and now > meetings[event.meeting_id].correct_until for event in shown
    }
    taken = came_to([event for event in shown if is_over[event.id] and is_roll_over[event.id]])
    found = {}
    for event in shown:
        until = forgotten_at(event)
        for user_id in people_ids:
            state, is_late, mode = answers.get((event.id, user_id), (None, False, ""))
            row = recorded.get((event.meeting_id, user_id))
            request = asked.get((event.id, user_id))
            presence = say_presence(
                Known(
                    answer=state,
                    is_late=is_late,
                    attendance=row.state if row else None,
                    is_over=is_over[event.id],
                    is_roll_over=is_roll_over[event.id],
                    is_taken=taken.get((event.id, mode), False),
                    has_asked=request is not None and request.is_accepted is None,
                    is_fresh=now < until,
                )
            )
            found[event.id, user_id] = _to_data(event, user_id, presence, row=row, request=request, until=until)
    return found


def forgotten_at(event: EventData) -> datetime:
    """Return when it is no longer held against anybody that they did not come."""
    return event.ends_at + timedelta(days=settings.CHAPTERS_NO_SHOW_DAYS)


def _to_data(
    event: EventData,
    user_id: int,
    presence: Presence,
    *,
    row: AttendanceData | None,
    request: PresenceRequest | None,
    until: datetime,
) -> PresenceData:
    return PresenceData(
        event_id=event.id,
        user_id=user_id,
        presence=presence,
        arrived_at=row.arrived_at if row else None,
        reason=(row.reason if row else "") or (request.answer if request else ""),
        counts_until=until if presence in _LAPSES else None,
        has_asked=request is not None and request.is_accepted is None,
    )


def _find_answers(events: list[EventData], user_ids: list[int]) -> dict[tuple[int, int], tuple[RsvpState, bool, str]]:
    rows = Rsvp.objects.filter(event_id__in=[event.id for event in events], user_id__in=user_ids)
    return {
        (event_id, user_id): (RsvpState(state), is_late, mode)
        for event_id, user_id, state, is_late, mode in rows.values_list(
            "event_id", "user_id", "state", "is_late", "mode"
        )
    }


def _find_requests(events: list[EventData], user_ids: list[int]) -> dict[tuple[int, int], PresenceRequest]:
    rows = PresenceRequest.objects.filter(event_id__in=[event.id for event in events], user_id__in=user_ids)
    return {(row.event_id, row.user_id): row for row in rows}
