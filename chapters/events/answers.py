"""What people answer to an event: that they come, that they cannot, and what they do with a seat that is kept for them.

Only what claims a seat is gated: a published event that has not begun, and answers still taken. Giving back always
works, until the event is over. An answer is one row, whatever becomes of it; saying the same twice comes to the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.data import (
    SEATED,
    EventState,
    RsvpData,
    RsvpDraftData,
    RsvpSource,
    RsvpState,
)
from chapters.exceptions import StateError
from chapters.models import Event, Rsvp
from discussion_ext.data import MeetingMode

from . import line, news
from .drafts import Said, read_draft, write_answers
from .rows import lock_event
from .rsvp_records import to_rsvp
from .rsvp_rows import lock_for, lock_or_create, reread, write
from .seat_words import say_full, say_no_room

#: States that a person leaves by saying that they cannot come, and what becomes of them.
_GIVEN_UP = {
    RsvpState.GOING: RsvpState.CANCELLED,
    RsvpState.OFFERED: RsvpState.PASSED,
    RsvpState.WAITLISTED: RsvpState.NOT_COMING,
    RsvpState.PENDING: RsvpState.NOT_COMING,
}


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Somebody who wants a seat: the locked rows, what they said and when."""

    event: Event
    row: Rsvp
    said: Said
    now: datetime
    source: RsvpSource = RsvpSource.SELF
    tells: bool = True


@transaction.atomic
def answer(*, event_id: int, user_id: int, draft: RsvpDraftData) -> RsvpData:
    """Say that somebody comes: to a seat, a place in line, or a request where organizers approve.

    Answering again changes how they come, with how many, and what they need; a seat is kept where the change does not
    fit in. The caller has asked `decide_event`. Raises StateError (not published, begun, closed, full, not approved;
    ``field`` "guests" or "mode" where that does not fit), InvalidValueError ("mode", "guests", "needs_note",
    "answer-12"), NotAllowedError (no member any more) and NotFoundError.
    """
    event = lock_for(event_id, user_id)
    said = read_draft(event, draft)
    row = lock_or_create(event, user_id)
    settle(Claim(event=event, row=row, said=said, now=timezone.now()))
    return to_rsvp(row, event)


@transaction.atomic
def decline(*, event_id: int, user_id: int) -> RsvpData:
    """Say that somebody cannot come: gives a seat back, leaves the line, passes an offer on.

    Works until the end, whatever else is closed. Raises StateError (over) and NotFoundError.
    """
    event = lock_event(event_id)
    row = lock_or_create(event, user_id)
    give_up(event, row, timezone.now())
    return to_rsvp(row, event)


def take_offer(*, event_id: int, user_id: int, mode: MeetingMode | None = None) -> RsvpData:
    """Take a seat that is kept for somebody, or, while they wait, one that is free; taking it twice takes one.

    ``mode`` is how they come, None for as they said. Raises StateError (nothing is offered, the offer lapsed, no seat
    is free) and NotFoundError.
    """
    with transaction.atomic():
        event = lock_event(event_id)
        row = lock_or_create(event, user_id)
        now = timezone.now()
        # An offer that is too late lapses, and that stands although this is refused.
        was_late = line.is_overdue(row, now) and event.state == EventState.PUBLISHED
        if was_late:
            line.lapse(event, row, now)
            line.fill(event, now)
        else:
            _take(event, row, mode, now)
    if was_late:
        raise StateError(_("This offer has lapsed, and the seat goes to who is next. You can join the line again."))
    return to_rsvp(row, event)


@transaction.atomic
def pass_offer(*, event_id: int, user_id: int) -> RsvpData:
    """Leave an offered seat to who is next; passing twice passes once. Raises StateError (nothing is offered)."""
    event = lock_event(event_id)
    row = lock_or_create(event, user_id)
    if row.state not in (RsvpState.OFFERED, RsvpState.PASSED, RsvpState.LAPSED):
        raise StateError(_("No seat is kept for you here."))
    if row.state == RsvpState.OFFERED:
        give_up(event, row, timezone.now())
    return to_rsvp(row, event)


@transaction.atomic
def keep_seat(*, event_id: int, user_id: int) -> RsvpData:
    """Say that somebody comes at the new time, or to the new place, of an event that was moved. Safe to repeat.

    Raises StateError (nothing to keep) and NotFoundError.
    """
    event = lock_event(event_id)
    row = lock_or_create(event, user_id)
    if row.state not in _GIVEN_UP:
        raise StateError(_("You have no seat to keep."))
    if row.answered_sequence < event.answer_sequence:
        row.answered_sequence = event.answer_sequence
        row.save(update_fields=["answered_sequence"])
    return to_rsvp(row, event)


# -- for who holds the locks -------------------------------------------------------------------------------------------


def settle(claim: Claim) -> None:
    """Let an answer come to what it can. Raises as `answer` does, and then nothing was written."""
    event, row, now = claim.event, claim.row, claim.now
    check_takes_place(event, now)
    if line.is_overdue(row, now):
        line.lapse(event, row, now)
        line.fill(event, now)
    state = RsvpState(row.state)
    if state in SEATED:
        _change_seat(claim)
    elif state is RsvpState.DECLINED:
        raise StateError(_("The organizers did not approve this. Write to them if something has changed."))
    else:
        check_open(event, now)
        if state is RsvpState.WAITLISTED:
            _ask_again(claim)
        elif state in (RsvpState.PENDING, RsvpState.REMOVED) or event.needs_approval:
            _ask_for_approval(claim)
        else:
            claim_seat(claim)
    write_answers(row, claim.said)


def claim_seat(claim: Claim, *, queued_at: datetime | None = None) -> None:
    """Give somebody a seat or, where nobody more fits in, a place in line; those who waited longer go first.

    ``queued_at`` is since when they wait, where that is not now. Raises StateError where there is no line.
    """
    event, row, now = claim.event, claim.row, claim.now
    if _try_seat(claim):
        if claim.tells:
            news.tell_confirmed(event, row)
        return
    if not event.has_waitlist:
        raise StateError(say_full(event, claim.said.mode))
    write(event, row, RsvpState.WAITLISTED, now=now, queued_at=queued_at or now, **_columns(claim))
    if claim.tells:
        news.tell_in_line(event, row)


def give_up(event: Event, row: Rsvp, now: datetime) -> None:
    """Let somebody go who cannot come, and fill what they free. Raises StateError once the event is over."""
    if event.ends_at <= now and event.state == EventState.PUBLISHED:
        raise StateError(_("This event is over."))
    state = RsvpState(row.state)
    if state is RsvpState.NOT_COMING and row.state_at is None:
        write(event, row, RsvpState.NOT_COMING, now=now)
    if state not in _GIVEN_UP:
        return
    late = {"is_late": True} if state is RsvpState.GOING and _is_late(event, row, now) else {}
    write(event, row, _GIVEN_UP[state], now=now, **late)
    line.fill(event, now)


def check_takes_place(event: Event, now: datetime) -> None:
    """Raise StateError unless somebody could still come."""
    if event.state == EventState.CANCELLED:
        raise StateError(_("This event was called off."))
    if event.state != EventState.PUBLISHED:
        raise StateError(_("This event is not published yet."))
    if event.starts_at <= now:
        raise StateError(_("This event has begun."))


def check_open(event: Event, now: datetime) -> None:
    """Raise StateError once answers are not taken any more; since when they are is asked at the edge."""
    if event.starts_at - timedelta(minutes=event.closes_minutes) <= now:
        raise StateError(_("Answers to this event are not taken any more."))


# -- steps -------------------------------------------------------------------------------------------------------------


def _try_seat(claim: Claim) -> bool:
    """Take a free seat, unless somebody who waits is to be offered it; look first for those that a clock has freed."""
    event, row, now = claim.event, claim.row, claim.now
    columns = _columns(claim)
    if not event.waiting and write(event, row, RsvpState.GOING, now=now, **columns):
        return True
    progress = line.fill(event, now)
    return progress.is_done and write(event, row, RsvpState.GOING, now=now, **columns)


def _change_seat(claim: Claim) -> None:
    """Change a seat, or take the one that is kept; it stays as it was where that does not fit in."""
    event, row, said, now = claim.event, claim.row, claim.said, claim.now
    is_other, more = said.mode.value != row.mode, said.guests - row.guests
    was_offer = row.state == RsvpState.OFFERED
    if more > 0 or (is_other and not was_offer):
        check_open(event, now)
    if more > 0 or is_other:
        line.fill(event, now)
    if not write(event, row, RsvpState.GOING, now=now, **_columns(claim)):
        raise StateError(say_no_room(event, said.mode, is_other=is_other), field="mode" if is_other else "guests")
    if was_offer and claim.tells:
        news.tell_confirmed(event, row)
    if more < 0 or is_other:
        line.fill(event, now)


def _ask_again(claim: Claim) -> None:
    """Change how somebody waits; whoever fits in as they ask now, and passes nobody, has a seat at once."""
    event, row, now = claim.event, claim.row, claim.now
    progress = line.fill(event, now)
    reread(row)
    if row.state == RsvpState.OFFERED:
        _change_seat(claim)
    elif progress.is_done and write(event, row, RsvpState.GOING, now=now, **_columns(claim)):
        if claim.tells:
            news.tell_confirmed(event, row)
    else:
        write(event, row, RsvpState.WAITLISTED, now=now, **_columns(claim))


def _ask_for_approval(claim: Claim) -> None:
    event, row, now = claim.event, claim.row, claim.now
    is_new = row.state != RsvpState.PENDING
    queued: dict[str, Any] = {"queued_at": now} if is_new else {}
    write(event, row, RsvpState.PENDING, now=now, **queued, **_columns(claim))
    if is_new and claim.tells:
        news.tell_pending(event, row)


def _take(event: Event, row: Rsvp, mode: MeetingMode | None, now: datetime) -> None:
    check_takes_place(event, now)
    if row.state == RsvpState.GOING and mode in (None, row.mode):
        return
    if row.state not in (*SEATED, RsvpState.WAITLISTED):
        raise StateError(_("No seat is kept for you here."))
    said = Said.of(row, mode=mode)
    claim = Claim(event=event, row=row, said=said, now=now, source=RsvpSource(row.source))
    if row.state != RsvpState.WAITLISTED:
        _change_seat(claim)
        return
    _ask_again(claim)
    if row.state != RsvpState.GOING:
        raise StateError(say_full(event, said.mode))


def _columns(claim: Claim) -> dict[str, Any]:
    """Return what an answer says beside its state. Who answers knows of the last move."""
    said, row = claim.said, claim.row
    source = RsvpSource(row.source) if row.state in _GIVEN_UP else claim.source
    return {
        "mode": said.mode.value,
        "guests": said.guests,
        "needs_step_free": said.needs_step_free,
        "needs_note": said.needs_note,
        "source": source.value,
        "answered_sequence": claim.event.answer_sequence,
    }


def _is_late(event: Event, row: Rsvp, now: datetime) -> bool:
    """Tell whether a seat is given back when it is late to.

    Who cannot come to a moved event is never late, nor who gives back a seat at one that was called off.
    """
    if row.answered_sequence < event.answer_sequence or event.state != EventState.PUBLISHED:
        return False
    return event.starts_at - now < timedelta(hours=settings.CHAPTERS_LATE_CANCEL_HOURS)
