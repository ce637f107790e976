"""Seats of an event, counted: given by a condition that the database asks, and given back.

``Event.room_taken`` and ``online_taken`` count the seats of `SEATED` answers with their guests, ``waiting`` those who
wait in line. They change here and nowhere else, in one statement with its condition, under the event's lock and
together with the answer's row: so they are right whoever comes at the same time, at every isolation level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from chapters.data import SEATED, EventState, RsvpState
from chapters.models import Event, Rsvp
from discussion_ext.data import MeetingMode

from .records import MODES_OF
from .rows import lock_event

#: The columns in which the seats of a mode are counted: how many there are, and how many are taken.
COLUMNS: Final = {
    MeetingMode.OFFLINE: ("room_capacity", "room_taken"),
    MeetingMode.ONLINE: ("online_capacity", "online_taken"),
}
_BATCH: Final = 200


@dataclass(frozen=True, kw_only=True)
class Hold:
    """What one answer takes up of an event: seats of a mode, or one place in line, or nothing."""

    mode: MeetingMode
    seats: int = 0
    waits: int = 0


def hold_of(state: str, mode: str, guests: int) -> Hold:
    """Return what an answer in a state takes up; ``guests`` have a seat each."""
    if state in SEATED:
        return Hold(mode=MeetingMode(mode), seats=1 + guests)
    return Hold(mode=MeetingMode(mode), waits=int(state == RsvpState.WAITLISTED))


def modes_of(event: Event) -> tuple[MeetingMode, ...]:
    """Return the modes in which one can come to an event, the room first."""
    return MODES_OF[MeetingMode(event.mode)]


def seats_left(event: Event, mode: MeetingMode) -> int | None:
    """Return how many seats of a mode are free, None without a limit; none of a mode that the event has not."""
    if mode not in modes_of(event):
        return 0
    capacity, taken = (getattr(event, name) for name in COLUMNS[mode])
    return max(0, capacity - taken) if capacity else None


def has_room(event: Event, mode: MeetingMode, number: int) -> bool:
    """Tell whether so many more fit in."""
    left = seats_left(event, mode)
    return left is None or left >= number


def has_free_seat(event: Event) -> bool:
    """Tell whether one more fits in somehow."""
    return any(has_room(event, mode, 1) for mode in modes_of(event))


def exchange(event: Event, before: Hold, after: Hold, *, is_forced: bool = False) -> bool:
    """Count what an answer takes up now in place of what it took up before; False, and nothing, where it does not fit.

    ``is_forced`` is the team's: over the capacity. The caller holds the event's lock, and writes the answer.
    """
    changes = _list_changes(before, after)
    if not changes:
        return True
    rows = Event.objects.filter(pk=event.pk)
    more = after.seats - (before.seats if before.mode is after.mode else 0)
    if more > 0 and not is_forced:
        rows = rows.filter(_fits(event, after.mode, more))
    if not rows.update(**{name: F(name) + change for name, change in changes.items()}):
        return False
    for name, change in changes.items():
        setattr(event, name, getattr(event, name) + change)
    return True


def count_rsvps(event_id: int) -> dict[RsvpState, int]:
    """Return how many answers there are in each state that has any; one query along an index."""
    found = Rsvp.objects.filter(event_id=event_id).order_by().values_list("state").annotate(number=Count("pk"))
    return {RsvpState(state): number for state, number in found}


def is_seated(event_id: int, user_id: int) -> bool:
    """Tell whether somebody has a seat: theirs, not one that is only kept for them."""
    return Rsvp.objects.filter(event_id=event_id, user_id=user_id, state=RsvpState.GOING).exists()


# -- mending -----------------------------------------------------------------------------------------------------------


def recount_seats(*, after: int = 0, limit: int = _BATCH) -> tuple[int, int]:
    """Compare what is counted at coming events with ids above ``after`` with the answers, and mend.

    Returns the last id that was looked at (0 when there was none) and how many differed.
    """
    coming = Event.objects.filter(state=EventState.PUBLISHED, ends_at__gt=timezone.now(), pk__gt=after)
    ids = list(coming.order_by("pk").values_list("pk", flat=True)[:limit])
    suspects = find_miscounted().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)
    return (ids[-1] if ids else 0), sum(map(_recount, list(suspects)))


def find_miscounted() -> QuerySet[Event]:
    """Return events at which more or fewer seats are taken, or people in line, than are counted."""
    of_event = Rsvp.objects.filter(event_id=OuterRef("pk")).order_by().values("event_id")
    seated = of_event.filter(state__in=SEATED)

    def sum_up(mode: MeetingMode) -> Coalesce:
        total = seated.filter(mode=mode).annotate(number=Count("pk") + Coalesce(Sum("guests"), 0)).values("number")
        return Coalesce(Subquery(total), 0)

    waiting = of_event.filter(state=RsvpState.WAITLISTED).annotate(number=Count("pk")).values("number")
    return Event.objects.annotate(
        room=sum_up(MeetingMode.OFFLINE),
        online=sum_up(MeetingMode.ONLINE),
        line=Coalesce(Subquery(waiting), 0),
    ).exclude(room=F("room_taken"), online=F("online_taken"), line=F("waiting"))


@transaction.atomic(durable=True)
def _recount(event_id: int) -> bool:
    """Count one event's answers, in a transaction that has read nothing before it has the lock."""
    event = lock_event(event_id)
    counted: dict[str, int] = {"room_taken": 0, "online_taken": 0, "waiting": 0}
    held = Rsvp.objects.filter(event_id=event_id, state__in=[*SEATED, RsvpState.WAITLISTED])
    for state, mode, guests in held.values_list("state", "mode", "guests").iterator():
        for name, number in _list_changes(Hold(mode=MeetingMode(mode)), hold_of(state, mode, guests)).items():
            counted[name] += number
    if all(getattr(event, name) == number for name, number in counted.items()):
        return False
    Event.objects.filter(pk=event_id).update(**counted)
    return True


def _list_changes(before: Hold, after: Hold) -> dict[str, int]:
    """Return by how much each counting column changes; none that stays."""
    changes: dict[str, int] = {}
    for hold, sign in ((before, -1), (after, 1)):
        taken = COLUMNS[hold.mode][1]
        changes[taken] = changes.get(taken, 0) + sign * hold.seats
        changes["waiting"] = changes.get("waiting", 0) + sign * hold.waits
    return {name: change for name, change in changes.items() if change}


def _fits(event: Event, mode: MeetingMode, number: int) -> Q:
    """Return the condition under which so many more fit in, asked of the row as it is."""
    if mode not in modes_of(event):
        return Q(pk__in=[])
    capacity, taken = COLUMNS[mode]
    unlimited: dict[str, Any] = {capacity: 0}
    return Q(**unlimited) | Q(**{f"{capacity}__gte": F(taken) + number})
