"""Events in words, as their organizers read them: when, in which state, how many seats, who waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chapters.data import EventCardData, EventData, EventState, RsvpState, SeatsData
from people import api as people

from .event_words import Tag, say_mode

RSVP_WORDS: Final[Mapping[RsvpState, tuple[Any, str]]] = {
    RsvpState.PENDING: (gettext_lazy("Waits for you"), "warn"),
    RsvpState.WAITLISTED: (gettext_lazy("In line"), ""),
    RsvpState.OFFERED: (gettext_lazy("Has an offer"), "info"),
    RsvpState.GOING: (gettext_lazy("Comes"), "ok"),
    RsvpState.NOT_COMING: (gettext_lazy("Does not come"), ""),
    RsvpState.CANCELLED: (gettext_lazy("Gave the seat back"), ""),
    RsvpState.PASSED: (gettext_lazy("Passed the offer on"), ""),
    RsvpState.LAPSED: (gettext_lazy("Let the offer lapse"), ""),
    RsvpState.DECLINED: (gettext_lazy("Not approved"), ""),
    RsvpState.REMOVED: (gettext_lazy("Removed"), ""),
}
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class SeatsLine:
    """Seats of one mode in words; ``percent`` is None without a limit."""

    way: str
    said: str
    percent: int | None
    is_full: bool


def say_when(event: EventData) -> str:
    """Return when an event is, on its own clock: "Thu 3 Dec, 18:30–20:30, Nairobi time"."""
    return people.format_moment(event.starts_at, zone=event.zone, until=event.ends_at)


def say_seats(event: EventData) -> list[SeatsLine]:
    """Return how many seats of each mode are taken."""
    return [
        SeatsLine(
            way=say_mode(each.mode),
            said=_say_taken(each),
            percent=min(_PERCENT, each.taken * _PERCENT // each.capacity) if each.capacity else None,
            is_full=each.is_full,
        )
        for each in event.seats
    ]


def _say_taken(seats: SeatsData) -> str:
    if not seats.capacity:
        return ngettext("%(taken)d seat taken, no limit", "%(taken)d seats taken, no limit", seats.taken) % {
            "taken": seats.taken
        }
    values = {"taken": seats.taken, "capacity": seats.capacity}
    if seats.taken > seats.capacity:
        return _("%(taken)d of %(capacity)d seats, more than there are") % values
    return ngettext("%(taken)d of %(capacity)d seat", "%(taken)d of %(capacity)d seats", seats.capacity) % values


def say_card(card: EventCardData, now: datetime) -> str:
    """Return what organizers want to know of an event in a list, in one line."""
    event = card.event
    parts = [say_when(event)]
    if event.is_over(now) and card.came is not None:
        parts.append(say_came(card.came))
    elif event.state is EventState.PUBLISHED and not event.is_over(now):
        parts += [f"{line.way}: {line.said}" if len(event.seats) > 1 else line.said for line in say_seats(event)]
        if event.waiting:
            parts.append(say_waiting(event.waiting))
    return " · ".join(parts)


def say_came(count: int) -> str:
    """Return how many came, as far as it was recorded."""
    if not count:
        return _("nobody was ticked off")
    return ngettext("%(count)d person came", "%(count)d people came", count) % {"count": count}


def say_waiting(count: int) -> str:
    """Return how many are in line."""
    return ngettext("%(count)d in line", "%(count)d in line", count) % {"count": count}


def tag_of(event: EventData, now: datetime) -> Tag:
    """Return an event's state as a tag."""
    if event.state is EventState.DRAFT:
        return Tag(_("Draft"), "", "pen")
    if event.is_cancelled:
        return Tag(_("Called off"), "warn", "not")
    if event.result_at is not None:
        return Tag(_("Result published"), "ok", "check")
    if event.is_over(now):
        return Tag(_("Over"), "", "clock")
    if event.starts_at <= now:
        return Tag(_("Goes on now"), "act", "clock")
    return Tag(_("Published"), "info", "cal")


def tag_rsvp(state: RsvpState) -> Tag:
    """Return somebody's answer as a tag."""
    words, kind = RSVP_WORDS[state]
    return Tag(str(words), kind)
