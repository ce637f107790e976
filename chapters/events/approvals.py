"""What organizers decide about who comes: approving, refusing, putting somebody on the list and taking them off.

Each is recorded in the audit log, told to the person, and safe to repeat.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.access import find_access
from chapters.data import SEATED, Action, EventOpenTo, EventState, RsvpData, RsvpSource, RsvpState
from chapters.exceptions import BannedError, InvalidValueError, StateError
from chapters.membership.rows import read_text
from chapters.models import Event, Rsvp
from chapters.reading import get_chapter
from chapters.records import bans_in_force
from discussion_ext.data import MeetingMode
from people import api as people

from . import line, news
from .answers import Claim, check_takes_place, claim_seat
from .drafts import Said
from .rows import lock_event
from .rsvp_records import to_rsvp
from .rsvp_rows import lock_or_create, lock_with_event, write
from .seat_words import say_full
from .seats import modes_of

LONGEST_NOTE: Final = 300
_IN: Final = frozenset({*SEATED, RsvpState.WAITLISTED})


@transaction.atomic
def approve(*, rsvp_id: int, actor_id: int) -> RsvpData:
    """Let somebody come who asked, or who was refused before: to a seat where one is free, else to the line.

    Their place in line counts from when they asked. Raises StateError (nobody asks, called off, begun, full without a
    line) and NotFoundError.
    """
    event, row = lock_with_event(rsvp_id)
    if row.state in _IN:
        return to_rsvp(row, event)
    if row.state not in (RsvpState.PENDING, RsvpState.DECLINED):
        raise StateError(_("This person does not ask to come any more."))
    now = timezone.now()
    check_takes_place(event, now)
    # A mode may have gone since they asked: then they come in the one that is left.
    mode = MeetingMode(row.mode) if row.mode in modes_of(event) else modes_of(event)[0]
    claim = Claim(
        event=event, row=row, said=Said.of(row, mode=mode), now=now, source=RsvpSource(row.source), tells=False
    )
    claim_seat(claim, queued_at=row.queued_at)
    row.decided_by = actor_id
    row.save(update_fields=["decided_by"])
    _record(event, row, actor_id, "approve")
    news.tell_approved(event, row)
    return to_rsvp(row, event)


@transaction.atomic
def refuse(*, rsvp_id: int, actor_id: int, note: str = "") -> RsvpData:
    """Say no to somebody who asked; ``note`` is told to them.

    Raises StateError (nobody asks), InvalidValueError ("note") and NotFoundError.
    """
    said = read_text(note, field="note", most=LONGEST_NOTE, is_needed=False)
    event, row = lock_with_event(rsvp_id)
    if row.state == RsvpState.DECLINED:
        return to_rsvp(row, event)
    if row.state != RsvpState.PENDING:
        raise StateError(_("This person does not ask to come any more."))
    write(event, row, RsvpState.DECLINED, note=said, decided_by=actor_id)
    _record(event, row, actor_id, "refuse", reason=said)
    news.tell_refused(event, row)
    return to_rsvp(row, event)


@transaction.atomic
def add_attendee(
    *,
    event_id: int,
    user_id: int,
    actor_id: int,
    mode: MeetingMode = MeetingMode.OFFLINE,
    is_forced: bool = False,
    source: RsvpSource = RsvpSource.ORGANIZER,
) -> RsvpData:
    """Give somebody a seat, whatever they answered before; ``is_forced`` is over the capacity.

    Window, audience and capacity are the team's to pass by; ban, membership and age are not. RsvpSource.WALK_IN is for
    who stands at the door, of whom the caller has asked all that: also after the start, and they are sent no mail.
    Raises StateError (called off, begun, full), BannedError, InvalidValueError ("user_id", "mode") and NotFoundError.
    """
    if source is not RsvpSource.WALK_IN:
        _check_person(event_id, user_id, mode)
    event = lock_event(event_id)
    row = lock_or_create(event, user_id)
    now = timezone.now()
    _check_adding(event, user_id, now, source)
    if mode not in modes_of(event):
        raise InvalidValueError(_("Choose how they come: this event has no such seats."), field="mode")
    if row.state == RsvpState.GOING:
        return to_rsvp(row, event)
    columns: dict[str, Any] = {
        "mode": MeetingMode(mode).value,
        "source": source.value,
        "decided_by": actor_id,
        "answered_sequence": event.answer_sequence,
    }
    if row.state not in _IN:
        columns["guests"] = 0
    if not write(event, row, RsvpState.GOING, now=now, is_forced=is_forced, **columns):
        raise StateError(say_full(event, mode), field="is_forced")
    _record(event, row, actor_id, "add", is_forced=is_forced)
    if source is not RsvpSource.WALK_IN:
        news.tell_added(event, row)
    line.fill(event, now)
    return to_rsvp(row, event)


@transaction.atomic
def remove_attendee(*, rsvp_id: int, actor_id: int, note: str = "") -> RsvpData:
    """Take somebody off the list, out of the line or away from the requests; who is next gets what that frees.

    ``note`` is told to them. If they answer again, organizers approve it. Raises StateError (over, or not on the list),
    InvalidValueError ("note") and NotFoundError.
    """
    said = read_text(note, field="note", most=LONGEST_NOTE, is_needed=False)
    event, row = lock_with_event(rsvp_id)
    if row.state == RsvpState.REMOVED:
        return to_rsvp(row, event)
    now = timezone.now()
    if event.ends_at <= now:
        raise StateError(_("This event is over."))
    if row.state not in (*_IN, RsvpState.PENDING):
        raise StateError(_("This person is not on the list."))
    write(event, row, RsvpState.REMOVED, now=now, note=said, decided_by=actor_id)
    _record(event, row, actor_id, "remove", reason=said)
    news.tell_removed(event, row)
    line.fill(event, now)
    return to_rsvp(row, event)


def _check_person(event_id: int, user_id: int, mode: MeetingMode) -> None:
    """Raise BannedError or InvalidValueError for somebody to whom nobody can give a seat."""
    about = Event.objects.filter(pk=event_id).values_list("chapter_id", "open_to").first()
    if about is None:
        return  # which is said when it is to be locked
    theirs = find_access(get_chapter(about[0]), user_id)
    if theirs.ban is not None:
        raise BannedError(_("The chapter keeps this person out. Lift the ban first."), field="user_id")
    if not theirs.can(Action.ATTEND_EVENT):
        raise InvalidValueError(_("This person cannot come to events of the chapter now."), field="user_id")
    if about[1] != EventOpenTo.ANYONE and not theirs.is_member and not theirs.is_manager:
        raise InvalidValueError(_("This person is no member of the chapter. Ask them to join first."), field="user_id")
    if mode == MeetingMode.OFFLINE and not theirs.can(Action.MEET_IN_PERSON):
        raise InvalidValueError(_("This person cannot come in the room. Online is open to them."), field="mode")


def _check_adding(event: Event, user_id: int, now: datetime, source: RsvpSource) -> None:
    if bans_in_force().filter(chapter_id=event.chapter_id, user_id=user_id).exists():
        raise BannedError(_("The chapter keeps this person out. Lift the ban first."))
    if source is not RsvpSource.WALK_IN:
        check_takes_place(event, now)
    elif event.state != EventState.PUBLISHED:
        raise StateError(_("This event does not take place."))


def _record(event: Event, row: Rsvp, actor_id: int, verb: str, *, reason: str = "", **data: bool) -> None:
    people.record_audit(
        actor_id=actor_id,
        verb=f"chapter.event.{verb}",
        target=f"rsvp:{row.pk}",
        context_key=f"chapter:{event.chapter_id}",
        reason=reason,
        data={"user": row.user_id, **data},
    )
