"""Rows of answers under lock, and the one step that changes what an answer has come to.

An event is locked before the answers to it. An answer and what is counted of it change together, in `write`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.data import DecisionData, EventOpenTo, MembershipState, RsvpState
from chapters.exceptions import NotAllowedError, NotFoundError
from chapters.models import Event, Membership, Rsvp
from chapters.records import bans_in_force
from people import api as people

from . import facts
from .rows import lock_event
from .seats import exchange, hold_of

#: What belongs to one state of an answer, and is empty again in the next unless that says otherwise.
_OF_STATE: Final[dict[str, Any]] = {
    "offered_at": None,
    "offer_until": None,
    "decided_by": None,
    "note": "",
    "is_late": False,
}
#: States in which a place in line is remembered: who waits for approval has it from when they asked.
_QUEUED: Final = frozenset({RsvpState.PENDING, RsvpState.WAITLISTED, RsvpState.OFFERED})


def lock_for(event_id: int, user_id: int) -> Event:
    """Lock an event for somebody's answer, and before it the membership that they need for it.

    Who is removed or banned at the same moment comes before, and is refused, or after, and is found and released.
    Raises NotAllowedError and NotFoundError.
    """
    about = Event.objects.filter(pk=event_id).values_list("chapter_id", "open_to").first()
    if about is not None and about[1] != EventOpenTo.ANYONE:
        found = Membership.objects.select_for_update().filter(chapter_id=about[0], user_id=user_id)
        state = found.values_list("state", flat=True).first()
        if state is not None and state != MembershipState.MEMBER:
            reason = _("This event is for members of the chapter.")
            raise NotAllowedError(DecisionData(code="not_member", reason=reason))
    event = lock_event(event_id)
    if bans_in_force().filter(chapter_id=event.chapter_id, user_id=user_id).exists():
        raise NotAllowedError(
            DecisionData(code="banned", reason=_("The organizers of this chapter keep you out for now."))
        )
    return event


def lock_or_create(event: Event, user_id: int) -> Rsvp:
    """Return somebody's answer under lock; who has given none gets one that says they do not come.

    The caller holds the event's lock.
    """
    # Written first: looking with a lock for what is not there yet locks a gap, and two such wait for each other.
    fresh = Rsvp(event=event, user_id=user_id, state=RsvpState.NOT_COMING)
    people.insert_or_update(fresh, by=["event", "user_id"])
    return Rsvp.objects.select_for_update().get(event_id=event.pk, user_id=user_id)


def reread(row: Rsvp) -> None:
    """Give a locked answer the values that it has by now; a plain look would see what was when the request began."""
    fresh = Rsvp.objects.select_for_update().get(pk=row.pk)
    for field in Rsvp._meta.concrete_fields:
        setattr(row, field.attname, getattr(fresh, field.attname))


def lock_with_event(rsvp_id: int) -> tuple[Event, Rsvp]:
    """Lock the event of an answer and then the answer, or raise NotFoundError."""
    event_id = Rsvp.objects.filter(pk=rsvp_id).values_list("event_id", flat=True).first()
    if event_id is None:
        raise NotFoundError(_("There is no such answer."))
    event = lock_event(event_id)
    row = Rsvp.objects.select_for_update().filter(pk=rsvp_id).first()
    if row is None:
        raise NotFoundError(_("There is no such answer."))
    return event, row


def write(
    event: Event,
    row: Rsvp,
    state: RsvpState,
    *,
    now: datetime | None = None,
    is_forced: bool = False,
    **fields: Any,
) -> bool:
    """Bring an answer to a state with these columns, and count; False, and nothing changed, where it does not fit in.

    Writing a state again changes only the columns that are given. The caller holds both locks.
    """
    before = hold_of(row.state, row.mode, row.guests)
    after = hold_of(state, fields.get("mode", row.mode), fields.get("guests", row.guests))
    if not exchange(event, before, after, is_forced=is_forced):
        return False
    is_new = row.state != state or row.state_at is None
    if is_new:
        kept = {} if state in _QUEUED else {"queued_at": None}
        fields = {**_OF_STATE, **kept, "state_at": now or timezone.now(), **fields}
    for name, value in {**fields, "state": state.value}.items():
        setattr(row, name, value)
    row.save(update_fields=[*fields, "state"])
    if is_new:
        facts.tell_rsvp(event, row)
    return True
