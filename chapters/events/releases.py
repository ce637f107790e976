"""Letting go of the seats of people who may not, or do not, come any more: banned, retired, or gone from a chapter.

Whoever takes them out leaves an errand in the same transaction. It runs after the commit and asks again whether they
are out, one event at a time: so no lock on a chapter waits for its events, and who came back meanwhile keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from chapters.data import EventOpenTo, MembershipState, RsvpState
from chapters.models import Membership, Rsvp, SeriesRsvp
from chapters.records import bans_in_force
from people import api as people

from . import line
from .kinds import EventErrand
from .rows import lock_event
from .rsvp_rows import write

#: What a person gives up, and what becomes of it: nothing here is a decision of organizers about one event.
_RELEASED: Final = {
    RsvpState.GOING: RsvpState.CANCELLED,
    RsvpState.OFFERED: RsvpState.PASSED,
    RsvpState.WAITLISTED: RsvpState.NOT_COMING,
    RsvpState.PENDING: RsvpState.NOT_COMING,
}


def register() -> None:
    """Make the errand known; called once, when the app is ready."""
    people.register_errand(EventErrand.RELEASE, run_release)


def run_release(facts: Mapping[str, Any]) -> None:
    """Give up the seats of somebody who is out still."""
    about: dict[str, int] = {"chapter_id": facts["chapter"], "user_id": facts["user"]}
    is_out = (
        not Membership.objects.filter(**about, state=MembershipState.MEMBER).exists()
        if facts["keeps_open"]
        else bans_in_force().filter(**about).exists()
    )
    if is_out:
        release_person(facts["user"], chapter_id=facts["chapter"], keeps_open=facts["keeps_open"])


def release_person(user_id: int, chapter_id: int | None = None, *, keeps_open: bool = False) -> int:
    """Give up what somebody has at events that are not over, of one chapter or of all; return at how many events.

    Each event is a transaction of its own where the caller has none open. Their series end too. Safe to repeat; nobody
    is told, but who gets a seat by it.
    """
    mine = Rsvp.objects.filter(user_id=user_id, state__in=_RELEASED, event__ends_at__gt=timezone.now())
    series = SeriesRsvp.objects.filter(user_id=user_id, ended_at=None)
    if chapter_id is not None:
        mine = mine.filter(event__chapter_id=chapter_id)
        series = series.filter(series__chapter_id=chapter_id)
    if keeps_open:
        mine = mine.exclude(event__open_to=EventOpenTo.ANYONE)
    # Ended first: else a date that is added meanwhile would be theirs.
    for pk in list(series.values_list("pk", flat=True)):
        SeriesRsvp.objects.filter(pk=pk).update(ended_at=timezone.now())
    return sum(_release(event_id, user_id) for event_id in sorted(set(mine.values_list("event_id", flat=True))))


@transaction.atomic
def _release(event_id: int, user_id: int) -> int:
    event = lock_event(event_id)
    row = Rsvp.objects.select_for_update().filter(event_id=event_id, user_id=user_id).first()
    if row is None or row.state not in _RELEASED:
        return 0
    now = timezone.now()
    write(event, row, _RELEASED[RsvpState(row.state)], now=now)
    line.fill(event, now)
    return 1
