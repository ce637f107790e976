"""The card "Will you come?": in which situation somebody is with an event, and what the card says and offers there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters.data import DecisionData, EventData, RsvpData, RsvpState, SeatsData
from chapters.forms.answers import CANNOT_COME, AnswerForm
from discussion_ext.data import MeetingMode
from people import api as people

from .event_words import modes_of, say_mode, say_seats
from .words import say_number


class Situation(StrEnum):
    """Where somebody is with an event; each has its own card."""

    CALLED_OFF = "called_off"
    OVER = "over"
    OFFER = "offer"
    MOVED = "moved"
    SEAT = "seat"
    LINE = "line"
    PENDING = "pending"
    DECLINED = "declined"
    OPEN = "open"
    REFUSED = "refused"


#: Answers that somebody can take back, whatever else they may do with the event.
LIVE: Final = frozenset({Situation.OFFER, Situation.MOVED, Situation.SEAT, Situation.LINE, Situation.PENDING})
#: Where the card begins with what became of an earlier answer.
_BEFORE_FORM: Final = frozenset({Situation.OPEN, Situation.REFUSED, Situation.DECLINED})
#: Of answers that came to nothing: the kind of the note that says so, and its icon.
_AFTER: Final = {
    RsvpState.NOT_COMING: ("", "void"),
    RsvpState.CANCELLED: ("", "void"),
    RsvpState.PASSED: ("", "info"),
    RsvpState.LAPSED: ("warn", "clock"),
    RsvpState.DECLINED: ("warn", "not"),
    RsvpState.REMOVED: ("warn", "not"),
}


@dataclass(frozen=True, kw_only=True)
class SeatCard:
    """What the card is drawn from: the event, the reader's answer, and whether they may answer.

    ``may_answer`` is the decision for any mode, ``by_mode`` that for each.
    """

    event: EventData
    rsvp: RsvpData | None
    may_answer: DecisionData
    by_mode: dict[MeetingMode, DecisionData]
    now: datetime

    @property
    def situation(self) -> Situation:
        """Return in which situation the reader is: the event's own first, then what they have, then what they may."""
        if self.event.is_cancelled:
            return Situation.CALLED_OFF
        if self.event.is_over(self.now):
            return Situation.OVER
        if self.rsvp is not None and (held := _find_held(self.rsvp, self.now)) is not None:
            return held
        return Situation.OPEN if self.may_answer.is_allowed else Situation.REFUSED

    @property
    def is_final_round(self) -> bool:
        """Tell whether it is so late that a free seat is open to everybody in line."""
        return self.now >= self.event.starts_at - timedelta(hours=settings.CHAPTERS_OPEN_ROUND_HOURS)


def draw_seat(card: SeatCard, form: AnswerForm | None) -> dict[str, Any]:
    """Return what ``events/seat.html`` shows; ``form`` None where there is nothing to answer."""
    situation, rsvp, event = card.situation, card.rsvp, card.event
    said: dict[str, Any] = {
        "situation": situation.value,
        "rsvp": rsvp,
        "can_decline": situation in LIVE,
        "refusal": card.may_answer if situation is Situation.REFUSED else None,
        "after": _say_after(card) if situation in _BEFORE_FORM else None,
        "overlaps": rsvp.overlaps if rsvp is not None and situation in LIVE else "",
        "form": form,
        "options": _draw_options(card, form) if form is not None else [],
        "fields": _draw_fields(form) if form is not None else [],
    }
    if situation is Situation.CALLED_OFF:
        said["called_off"] = _say_called_off(event)
    elif situation is Situation.OFFER and rsvp is not None and rsvp.offer_until is not None:
        said["until"] = people.format_moment(rsvp.offer_until, zone=event.zone, now=card.now)
        said["left"] = people.say_left(rsvp.offer_until, now=card.now)
        said["mode"] = say_mode(rsvp.mode)
    elif situation is Situation.MOVED:
        said["when"] = people.format_moment(event.starts_at, zone=event.zone, until=event.ends_at, now=card.now)
        moved_from = event.moved_from
        said["moved_from"] = people.format_moment(moved_from, zone=event.zone, now=card.now) if moved_from else ""
    elif situation is Situation.SEAT:
        said |= _draw_held_seat(card)
    elif situation is Situation.LINE and rsvp is not None:
        said |= _draw_line(card, rsvp)
    return said


def draw_seats(seats: SeatsData) -> dict[str, Any]:
    """Return the bar of one mode's seats; nothing without a limit."""
    if not seats.capacity:
        return {}
    values = {"taken": say_number(seats.taken), "all": say_number(seats.capacity)}
    return {
        "taken": min(seats.taken, seats.capacity),
        "capacity": seats.capacity,
        "is_full": seats.is_full,
        "text": say_seats(seats),
        "taken_text": _("%(taken)s of %(all)s seats are taken") % values,
        "label": _("Seats taken: %(taken)s of %(all)s") % values,
    }


def _find_held(rsvp: RsvpData, now: datetime) -> Situation | None:
    """Return the situation that an answer brings about; None for one that came to nothing."""
    if rsvp.state is RsvpState.OFFERED:
        return Situation.OFFER if _is_open_offer(rsvp, now) else None
    if rsvp.state is RsvpState.GOING and rsvp.must_answer:
        return Situation.MOVED
    return {
        RsvpState.GOING: Situation.SEAT,
        RsvpState.WAITLISTED: Situation.LINE,
        RsvpState.PENDING: Situation.PENDING,
        RsvpState.DECLINED: Situation.DECLINED,
    }.get(rsvp.state)


def _is_open_offer(rsvp: RsvpData, now: datetime) -> bool:
    return rsvp.offer_until is not None and rsvp.offer_until > now


def _say_called_off(event: EventData) -> dict[str, str]:
    day = people.say_day(event.cancelled_at.astimezone(event.zone).date()) if event.cancelled_at else ""
    return {
        "heading": _("Called off on %(day)s") % {"day": day} if day else _("Called off"),
        "reason": event.cancel_reason,
    }


def _say_after(card: SeatCard) -> dict[str, str] | None:
    """Return what became of an earlier answer, in words; None where there was none."""
    rsvp = card.rsvp
    if rsvp is None or (rsvp.state not in _AFTER and rsvp.state is not RsvpState.OFFERED):
        return None
    state = RsvpState.LAPSED if rsvp.state is RsvpState.OFFERED else rsvp.state
    text = {
        RsvpState.NOT_COMING: _("You said that you cannot come. You may change your mind."),
        RsvpState.CANCELLED: _("You gave your seat back. You may change your mind."),
        RsvpState.PASSED: _("You passed the seat on. You may join the line again, at its end."),
        RsvpState.LAPSED: _("The seat was kept for you until its time was over. You may join the line again."),
        RsvpState.DECLINED: _("The hosts could not say yes to your request."),
        RsvpState.REMOVED: _("The hosts took you off the list. You may ask them again."),
    }[state]
    kind, icon = _AFTER[state]
    return {"text": text, "note": rsvp.note, "kind": kind, "icon": icon}


def _draw_held_seat(card: SeatCard) -> dict[str, Any]:
    rsvp = card.rsvp
    guests = rsvp.guests if rsvp is not None else 0
    text = ngettext(
        "You have a seat, and so has your guest.", "You have %(seats)s seats: yours and %(count)s for guests.", guests
    ) % {"seats": guests + 1, "count": guests}
    return {
        "seat_text": text if guests else _("You have a seat."),
        "reminder": _say_reminder(card),
        "has_ticket": rsvp is not None and rsvp.mode is MeetingMode.OFFLINE,
    }


def _say_reminder(card: SeatCard) -> str:
    """Return when the reminder of the day before comes, "" where that is over, and on sites that send none."""
    event, at = card.event, str(settings.CHAPTERS_REMIND_AT)
    if not at:
        return ""
    day_before = event.starts_at.astimezone(event.zone) - timedelta(days=1)
    hour, _colon, minute = at.partition(":")
    due = day_before.replace(hour=int(hour), minute=int(minute or 0), second=0, microsecond=0)
    if due <= card.now:
        return ""
    return _("A reminder comes the day before at %(time)s.") % {"time": people.say_time(due, event.zone)}


def _draw_line(card: SeatCard, rsvp: RsvpData) -> dict[str, Any]:
    event = card.event
    seats = event.seats_of(rsvp.mode)
    hours = event.offer_hours or settings.CHAPTERS_OFFER_HOURS
    place = rsvp.place_in_line
    online = event.seats_of(MeetingMode.ONLINE)
    is_free = seats is not None and (seats.left is None or seats.left >= 1 + rsvp.guests)
    return {
        "seats": draw_seats(seats) if seats is not None else {},
        "mode": say_mode(rsvp.mode),
        "mode_value": rsvp.mode.value,
        "place": ngettext("You are next in line.", "You are number %(place)s in line.", place)
        % {"place": say_number(place)}
        if place
        else "",
        "why": rsvp.waits_why,
        "is_free": card.is_final_round and is_free,
        "then": ""
        if card.is_final_round
        else ngettext(
            "We write as soon as a seat is yours; you then have %(count)s hour.",
            "We write as soon as a seat is yours; you then have %(count)s hours.",
            hours,
        )
        % {"count": hours},
        "can_go_online": rsvp.mode is MeetingMode.OFFLINE
        and online is not None
        and not online.is_full
        and card.by_mode.get(MeetingMode.ONLINE, card.may_answer).is_allowed,
    }


def _draw_options(card: SeatCard, form: AnswerForm) -> list[dict[str, Any]]:
    """Return the choices of the card with what each means: seats left, the line, or why it is not possible."""
    field = form["come"]
    tags = {option.data["value"]: option for option in field}
    options = [
        {
            "tag": tags[mode.value],
            "label": say_mode(mode),
            "hint": _say_hint(card, mode),
            "is_refused": not card.by_mode.get(mode, card.may_answer).is_allowed,
        }
        for mode in modes_of(card.event)
        if mode.value in tags
    ]
    return [*options, {"tag": tags[CANNOT_COME], "label": _("I cannot come"), "hint": _say_cannot_come(card)}]


def _say_hint(card: SeatCard, mode: MeetingMode) -> str:
    decision = card.by_mode.get(mode, card.may_answer)
    if not decision.is_allowed:
        return decision.reason
    seats = card.event.seats_of(mode)
    if seats is None:
        return ""
    if not seats.is_full or not card.event.has_waitlist or _is_mine(card, mode):
        return say_seats(seats)
    full = say_seats(seats)
    if card.event.waiting:
        waiting = ngettext("%(count)s person waits", "%(count)s people wait", card.event.waiting)
        return f"{full} · {waiting % {'count': say_number(card.event.waiting)}}"
    return f"{full} · {_('you would be the first in line')}"


def _is_mine(card: SeatCard, mode: MeetingMode) -> bool:
    return card.rsvp is not None and card.rsvp.mode is mode and card.rsvp.state is RsvpState.GOING


def _say_cannot_come(card: SeatCard) -> str:
    if card.rsvp is not None and card.rsvp.state is RsvpState.GOING and card.event.waiting:
        return _("Your seat goes to the next in line")
    return ""


def _draw_fields(form: AnswerForm) -> list[dict[str, Any]]:
    """Return the other fields in their order, each with whether it may stay empty."""
    names = [name for name in ("guests",) if name in form.fields]
    asked = [(form[name], False) for name in names]
    asked += [(bound, not question.is_needed) for bound, question in zip(form.asked(), form.questions, strict=True)]
    return [{"field": bound, "optional": is_optional} for bound, is_optional in asked]
