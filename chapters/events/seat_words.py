"""Why somebody waits, what is full, and what a line can hope for, in words and with figures that were counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from chapters.data import EventState, RsvpState
from chapters.models import Event, Rsvp
from discussion_ext.data import MeetingMode
from people import api as people

from .line import find_overlap, is_open_round
from .records import events_to_read, to_events
from .seats import COLUMNS, has_room, modes_of, seats_left

#: How many earlier events a line is compared with, at least and at most, and how long ago they were at most.
_FEWEST_EVENTS: Final = 3
_MOST_EVENTS: Final = 4
_LOOKS_BACK: Final = timedelta(days=365)


def say_full(event: Event, mode: MeetingMode) -> str:
    """Say that no seat is free for one more."""
    if has_room(event, mode, 1):
        return _("There are not enough seats for you and your guests.")
    if len(modes_of(event)) == 1:
        return _("All seats are taken.")
    if mode is MeetingMode.ONLINE:
        return _("All seats online are taken.")
    return _("All seats in the room are taken.")


def say_no_room(event: Event, mode: MeetingMode, *, is_other: bool) -> str:
    """Say that a change of a seat does not fit in, and that the seat stays as it was."""
    if is_other and mode is MeetingMode.ONLINE:
        return _("There is no room for this online. Your seat in the room stays yours.")
    if is_other:
        return _("There is no room for this in the room. Your seat online stays yours.")
    left = seats_left(event, mode) or 0
    if not left:
        return _("No more seats are free for guests. Your seat stays yours.")
    text = ngettext(
        "Only %(left)d more seat is free. Your seat stays yours.",
        "Only %(left)d more seats are free. Your seat stays yours.",
        left,
    )
    return text % {"left": left}


def find_place(event: Event, row: Rsvp) -> int | None:
    """Return the place in line of who waits, from 1, among those who come the same way; None for others; one query."""
    if row.state != RsvpState.WAITLISTED or row.queued_at is None:
        return None
    line = Rsvp.objects.filter(event_id=row.event_id, state=RsvpState.WAITLISTED)
    if len(modes_of(event)) > 1:  # else the index alone answers, however long the line is
        line = line.filter(mode=row.mode)
    return line.filter(Q(queued_at__lt=row.queued_at) | Q(queued_at=row.queued_at, pk__lt=row.pk)).count() + 1


def say_why(event: Event, row: Rsvp, now: datetime) -> str:
    """Say why somebody waits, and what those who waited earlier could see come; at most two queries, "" for others."""
    if row.state == RsvpState.PENDING:
        return _("The organizers decide who comes. You hear from them by mail.")
    if row.state != RsvpState.WAITLISTED or event.state != EventState.PUBLISHED or event.starts_at <= now:
        return ""
    mode = MeetingMode(row.mode) if row.mode in modes_of(event) else modes_of(event)[0]
    is_open = is_open_round(event, now)
    # Then nothing is offered: who fits in takes the seat.
    said = [] if is_open and has_room(event, mode, 1 + row.guests) else [_say_seats(event, row, mode)]
    if is_open:
        said.append(_("The start is near: a seat that comes free goes to whoever in line takes it first."))
    elif figures := count_freed(event, mode, now):
        said.append(say_freed(figures))
    return pgettext("between two sentences", " ").join(said)


def say_overlap(event: Event, user_id: int, language: str | None = None) -> str:
    """Say at which other event somebody has a seat while this one takes place, "" for none."""
    other_id = find_overlap(event, user_id)
    other = next(iter(to_events(events_to_read().filter(pk=other_id))), None) if other_id is not None else None
    if other is None:
        return ""
    moment = people.format_moment(other.starts_at, zone=other.zone, language=language)
    text = _("You have a seat at “%(title)s” at that time, %(moment)s. If you come here, give that one back.")
    return text % {"title": other.title, "moment": moment}


def say_freed(figures: Sequence[int]) -> str:
    """Say between which numbers seats came free at the last events."""
    least, most = min(figures), max(figures)
    values = {"events": len(figures), "least": least, "most": most}
    if least == most:
        text = ngettext(
            "At each of the last %(events)d events of this chapter %(most)d seat came free.",
            "At each of the last %(events)d events of this chapter %(most)d seats came free.",
            most,
        )
        return text % values
    text = ngettext(
        "At the last %(events)d events of this chapter between %(least)d and %(most)d seat came free.",
        "At the last %(events)d events of this chapter between %(least)d and %(most)d seats came free.",
        most,
    )
    return text % values


def count_freed(event: Event, mode: MeetingMode, now: datetime) -> list[int]:
    """Return how many seats of a mode were given back at the chapter's last events that had a limit, the latest first.

    People who gave a seat back and did not come again, with their guests: those of the last four events within a year,
    three at least. Empty where fewer are known, or where no seat ever came free: there is nothing to say then.
    """
    past = Event.objects.filter(
        chapter_id=event.chapter_id,
        state=EventState.PUBLISHED,
        ends_at__lte=now,
        starts_at__gt=now - _LOOKS_BACK,
        **{f"{COLUMNS[mode][0]}__gt": 0},
    ).filter(Q(mode=event.mode) | Q(mode=MeetingMode.HYBRID) | Q(mode=mode))
    ids = list(past.order_by("-starts_at", "-pk").values_list("pk", flat=True)[:_MOST_EVENTS])
    if len(ids) < _FEWEST_EVENTS:
        return []
    given_back = Rsvp.objects.filter(event_id__in=ids, state=RsvpState.CANCELLED, mode=mode)
    rows = given_back.order_by().values_list("event_id").annotate(number=Count("pk") + Sum(F("guests")))
    freed = dict(rows)
    figures = [freed.get(pk, 0) for pk in ids]
    return figures if any(figures) else []


def _say_seats(event: Event, row: Rsvp, mode: MeetingMode) -> str:
    left = seats_left(event, mode)
    if left is None:
        return _("There is room now: a seat is offered to you in a moment.")
    if left == 0:
        return say_full(event, mode)
    if left > row.guests:
        return _("There is room now: a seat is offered to you in a moment.")
    text = ngettext(
        "%(left)d seat is free, and you come as %(people)d: it goes to the next who fit in. You keep your place.",
        "%(left)d seats are free, and you come as %(people)d: they go to the next who fit in. You keep your place.",
        left,
    )
    return text % {"left": left, "people": 1 + row.guests}
