"""Seats at events for learners or alumni, and members who belong to them no longer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone, translation

from chapters.access import Access, find_access
from chapters.data import EventOpenTo, EventState, RsvpState
from chapters.models import Event, Rsvp
from chapters.reading import get_chapter
from people import api as people

from . import news
from .line import promote_locked
from .permissions import find_outside
from .reading import coming, get_event
from .rows import lock_event
from .rsvp_rows import write

_FOR_SOME: Final = (EventOpenTo.LEARNERS, EventOpenTo.ALUMNI)
_HELD: Final = (RsvpState.GOING, RsvpState.OFFERED, RsvpState.WAITLISTED, RsvpState.PENDING)


def run_audience(facts: Mapping[str, Any]) -> None:
    """Do the errand of a member whose audiences became fewer: take seats that are for others now, and say so."""
    user_id, chapter_id = int(facts["user"]), int(facts["chapter"])
    access = find_access(get_chapter(chapter_id), user_id)
    if not access.is_member:
        return  # who is out loses more, and elsewhere
    found = Event.objects.filter(
        chapter_id=chapter_id,
        state=EventState.PUBLISHED,
        open_to__in=_FOR_SOME,
        rsvps__user_id=user_id,
        rsvps__state__in=_HELD,
    )
    for event_id in list(coming(found, timezone.now()).order_by("pk").values_list("pk", flat=True)):
        _take_seat(event_id, user_id, access)


@transaction.atomic
def _take_seat(event_id: int, user_id: int, access: Access) -> None:
    event = lock_event(event_id)
    with translation.override(people.person_language(user_id)):
        refusal = find_outside(access, get_event(event_id))
    row = Rsvp.objects.select_for_update().filter(event_id=event_id, user_id=user_id).first()
    if refusal is None or row is None or row.state not in _HELD:
        return
    write(event, row, RsvpState.REMOVED, note=refusal.reason)
    news.tell_removed(event, row)
    promote_locked(event)
