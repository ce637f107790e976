"""The line of those who wait for a seat, and the one function that fills free seats from it.

Whatever frees a seat calls `promote_locked`, under the event's lock and in the transaction that frees it; the job
``chapters.tend_events`` does so for what a clock frees. A seat is not given but *offered*: kept for who is next until a
deadline, so that nobody becomes a no-show without knowing. Shortly before the start there is no time for that: then a
free seat is anybody's in line who takes it first, and all of them are told, once (the *open round*).

Who waited longest is first, a line for each way to come. A group waits until all of it fits, and those behind may pass
it. An offer that was passed on or lapsed is not made again until the person queues anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from chapters.data import SEATED, EventState, RsvpState
from chapters.models import Event, Rsvp
from discussion_ext.data import MeetingMode
from people import api as people

from . import news
from .awaiting import await_open_round, await_promotion
from .kinds import EventErrand
from .rows import lock_event
from .rsvp_rows import write
from .seats import has_free_seat, has_room, modes_of, seats_left

#: So many people are looked at in one step, and so many offers made in a request; an errand goes on with the rest.
_PAGE: Final = 50
_MOST_OFFERS: Final = 50
_TOLD_AT_ONCE: Final = 200
_NO_LIMIT: Final = 2**15


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What filling free seats came to: offers made, and whether nobody is left whom a seat could be offered now."""

    offers: int = 0
    is_done: bool = True


_NOTHING: Final = Progress()


@transaction.atomic
def promote(event_id: int) -> int:
    """Fill the free seats of an event from its line and return how many offers were made; always safe to call.

    Offers whose deadline passed lapse first. Raises NotFoundError.
    """
    return promote_locked(lock_event(event_id))


def promote_locked(event: Event) -> int:
    """Do what `promote` does; the caller holds the event's lock and has changed what frees seats."""
    return fill(event, timezone.now()).offers


def fill(event: Event, now: datetime) -> Progress:
    """Let overdue offers lapse and offer what is free; the caller holds the event's lock."""
    if event.state != EventState.PUBLISHED or event.starts_at <= now:
        return _NOTHING
    lapse_overdue(event, now)
    if not event.waiting or not has_free_seat(event):
        return _NOTHING
    if is_open_round(event, now):
        await_open_round(event.pk)
        return _NOTHING
    return _offer(event, now)


def is_open_round(event: Event, now: datetime) -> bool:
    """Tell whether the start is so near that no more offers are made: free seats are taken, first come first served."""
    return event.starts_at - now <= open_round_length()


def open_round_length() -> timedelta:
    """Return how long before the start the open round begins; no offer could end later than it would lapse."""
    return max(
        timedelta(hours=settings.CHAPTERS_OPEN_ROUND_HOURS), timedelta(minutes=settings.CHAPTERS_OFFER_LAST_MINUTES)
    )


def is_overdue(row: Rsvp, now: datetime) -> bool:
    """Tell whether an answer is an offer whose deadline has passed, whether or not anybody has noticed yet."""
    return row.state == RsvpState.OFFERED and row.offer_until is not None and row.offer_until <= now


def lapse(event: Event, row: Rsvp, now: datetime) -> None:
    """Let an offer lapse and say so; the caller holds both locks."""
    write(event, row, RsvpState.LAPSED, now=now)
    news.tell_offer_lapsed(event, row)


def lapse_overdue(event: Event, now: datetime) -> int:
    """Let the offers of an event lapse whose deadline has passed and return how many; the caller holds its lock."""
    # Found by a plain look and decided under each row's lock: a look with locks along the index locks gaps as well.
    overdue = Rsvp.objects.filter(event_id=event.pk, state=RsvpState.OFFERED, offer_until__lte=now)
    lapsed = 0
    for pk in list(overdue.order_by("pk").values_list("pk", flat=True)):
        row = Rsvp.objects.select_for_update().get(pk=pk)
        if is_overdue(row, now):
            lapse(event, row, now)
            lapsed += 1
    return lapsed


def shorten_offers(event: Event, now: datetime) -> None:
    """Let offers end in time for a start that came nearer, and say until when; the caller holds the event's lock."""
    last = _latest_deadline(event)
    longer = Rsvp.objects.filter(event_id=event.pk, state=RsvpState.OFFERED, offer_until__gt=last)
    for pk in list(longer.order_by("pk").values_list("pk", flat=True)):
        row = Rsvp.objects.select_for_update().get(pk=pk)
        if row.state != RsvpState.OFFERED or row.offer_until is None or row.offer_until <= last:
            continue
        row.offer_until, row.offers = last, row.offers + 1
        row.save(update_fields=["offer_until", "offers"])
        if last > now:  # else it lapses at once, and they hear of that
            news.tell_offer(event, row, overlap_id=find_overlap(event, row.user_id))


def find_overlap(event: Event, user_id: int) -> int | None:
    """Return another event, of any chapter, at which somebody has a seat while this one takes place; None for none."""
    held = Rsvp.objects.filter(user_id=user_id, state__in=SEATED, event__state=EventState.PUBLISHED)
    at_once = held.filter(event__starts_at__lt=event.ends_at, event__ends_at__gt=event.starts_at)
    return at_once.exclude(event_id=event.pk).order_by("event_id").values_list("event_id", flat=True).first()


# -- in the background -------------------------------------------------------------------------------------------------


def register() -> None:
    """Make the errands of lines known; called once, when the app is ready."""
    people.register_errand(EventErrand.PROMOTE, run_promote)
    people.register_errand(EventErrand.OPEN_ROUND, run_open_round)


def run_promote(facts: Mapping[str, Any]) -> None:
    """Go on filling the free seats of an event."""
    if Event.objects.filter(pk=facts["event"]).exists():
        promote(facts["event"])


def run_open_round(facts: Mapping[str, Any]) -> None:
    """Tell everybody in line that a seat is free for who takes it first, where that is so still."""
    event = Event.objects.filter(pk=facts["event"], state=EventState.PUBLISHED).first()
    now = timezone.now()
    if event is None or event.starts_at <= now or not is_open_round(event, now) or not has_free_seat(event):
        return
    after = 0
    waiting = Rsvp.objects.filter(event_id=event.pk, state=RsvpState.WAITLISTED).order_by("pk")
    while page := list(waiting.filter(pk__gt=after).values_list("pk", "user_id", "mode", "guests")[:_TOLD_AT_ONCE]):
        after = page[-1][0]
        news.tell_open_round(event, [user_id for _pk, user_id, _mode, guests in page if fits_somehow(event, guests)])


def fits_somehow(event: Event, guests: int) -> bool:
    """Tell whether somebody with so many guests fits in, in whichever way they come."""
    return any(has_room(event, mode, 1 + guests) for mode in modes_of(event))


# -- offers ------------------------------------------------------------------------------------------------------------


def _offer(event: Event, now: datetime) -> Progress:
    """Offer what is free to those who wait, in order, and leave an errand where many seats are left to offer."""
    hours = settings.CHAPTERS_OFFER_HOURS if event.offer_hours is None else event.offer_hours
    until, offers = min(now + timedelta(hours=hours), _latest_deadline(event)), 0
    for row in _walk(event):
        if not has_free_seat(event):
            break
        mode = _mode_for(event, row)
        if not has_room(event, mode, 1 + row.guests):
            continue
        if offers == _MOST_OFFERS:
            await_promotion(event.pk)
            return Progress(offers=offers, is_done=False)
        made: dict[str, Any] = {"mode": mode.value, "offered_at": now, "offer_until": until, "offers": row.offers + 1}
        if write(event, row, RsvpState.OFFERED, now=now, **made):
            news.tell_offer(event, row, overlap_id=find_overlap(event, row.user_id))
            offers += 1
    return Progress(offers=offers)


def _latest_deadline(event: Event) -> datetime:
    """Return when the last offer of a seat lapses."""
    return event.starts_at - timedelta(minutes=settings.CHAPTERS_OFFER_LAST_MINUTES)


def _walk(event: Event) -> Iterator[Rsvp]:
    """Yield who waits and may fit in, longest first, as they are now and under lock.

    No more rows are asked for than are in line: reading on to the end of the line would lock the gap behind it, into
    which people of the next event queue.
    """
    line = Rsvp.objects.select_for_update().filter(event_id=event.pk, state=RsvpState.WAITLISTED)
    rest, beyond = event.waiting, Q()
    while rest > 0:
        size = min(rest, _PAGE)
        page = list(line.filter(beyond, _may_fit(event)).order_by("queued_at", "pk")[:size])
        yield from page
        if len(page) < size:
            return
        rest -= size
        moment, pk = page[-1].queued_at, page[-1].pk
        beyond = Q(queued_at__gt=moment) | Q(queued_at=moment, pk__gt=pk)


def _may_fit(event: Event) -> Q:
    """Return the condition that leaves out whom no free seat suits, so that long lines are not read in vain."""
    left = {mode: seats_left(event, mode) for mode in modes_of(event)}
    free = [mode for mode, number in left.items() if number != 0]
    # In an event of one kind everybody comes that way, whatever they said when there were two.
    found = Q() if len(left) == 1 else Q(mode__in=free)
    most = max((_NO_LIMIT if number is None else number) for number in left.values())
    return found if most >= _NO_LIMIT else found & Q(guests__lt=most)


def _mode_for(event: Event, row: Rsvp) -> MeetingMode:
    """Return how somebody in line would come: as they said, or in the one way that is left."""
    modes = modes_of(event)
    return MeetingMode(row.mode) if row.mode in modes else modes[0]
