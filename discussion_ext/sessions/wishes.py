"""Who would like a seat in a full sitting. They are told once, in the order in which they asked, when one opens.

Nobody is given a seat unasked: as many are told as there are free seats, and the next ones when those who were told
have not taken theirs for some hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussion_ext.data import SittingData
from discussion_ext.models import SeatWish, Sitting
from people import api as people

from . import news
from .exceptions import SeatRefusedError, SittingNotFoundError
from .keys import SessionErrand
from .sittings import find_sittings, get_sitting

#: For so long a seat is thought to be taken by whoever was told of it.
FIRST_REFUSAL: Final = timedelta(hours=12)


@transaction.atomic
def add_wish(*, sitting: SittingData, user_id: int) -> None:
    """Put somebody at the end of the line; who stands in it keeps their place, who was told before stands there anew.

    Raises SeatRefusedError("has_room") where there is a seat to take, which is better than a wish.
    """
    if not sitting.meeting.is_full:
        message = _("This sitting has seats left. Take one now.")
        raise SeatRefusedError(message, code="has_room")
    SeatWish.objects.filter(sitting_id=sitting.id, user_id=user_id, told_at__isnull=False).delete()
    people.insert_or_update(SeatWish(sitting_id=sitting.id, user_id=user_id, created_at=timezone.now()), by=_ONCE)
    leave_opening(sitting.id)  # a seat may have opened since the page was drawn


def drop_wishes(*, user_id: int, sitting_ids: Iterable[int]) -> int:
    """Take back somebody's wishes for these sittings; return how many there were."""
    return SeatWish.objects.filter(user_id=user_id, sitting_id__in=list(sitting_ids)).delete()[0]


def wished_by(user_id: int, sitting_ids: Iterable[int]) -> set[int]:
    """Return for which of these sittings somebody waits."""
    waiting = SeatWish.objects.filter(user_id=user_id, sitting_id__in=list(sitting_ids), told_at__isnull=True)
    return set(waiting.values_list("sitting_id", flat=True))


def count_wishes(sitting_ids: Iterable[int]) -> dict[int, int]:
    """Return how many people wait for a seat in each of these sittings."""
    found: dict[int, int] = {}
    waiting = SeatWish.objects.filter(sitting_id__in=list(sitting_ids), told_at__isnull=True)
    for sitting_id in waiting.values_list("sitting_id", flat=True):
        found[sitting_id] = found.get(sitting_id, 0) + 1
    return found


def leave_opening(sitting_id: int) -> None:
    """Note that a seat may be free in a sitting: nothing where nobody waits, else one insert."""
    if SeatWish.objects.filter(sitting_id=sitting_id, told_at__isnull=True).exists():
        people.add_errand(
            kind=SessionErrand.SEAT_OPENED, key=str(sitting_id), facts={"sitting": sitting_id}, run_after_commit=True
        )


def run_opening(facts: Mapping[str, Any]) -> None:
    """Tell those whose turn it is."""
    tell_next(facts["sitting"])


def tell_next(sitting_id: int) -> int:
    """Tell as many people, in their order, as seats are free and not thought to be taken; return how many."""
    try:
        sitting = get_sitting(sitting_id)
    except SittingNotFoundError:
        return 0
    moment = timezone.now()
    if sitting.meeting.is_cancelled or sitting.meeting.starts_at <= moment:
        return 0
    with transaction.atomic():
        # One after the other for one sitting: its row is locked first, so nobody is told twice and no seat is either.
        Sitting.objects.select_for_update().get(pk=sitting_id)
        line = SeatWish.objects.filter(sitting_id=sitting_id)
        free = sitting.meeting.seats_left
        if free is not None:
            free -= line.filter(told_at__gt=moment - FIRST_REFUSAL).count()
        waiting = line.filter(told_at__isnull=True).order_by("created_at", "pk")
        turn = list(waiting.values_list("pk", "user_id")[: None if free is None else max(free, 0)])
        SeatWish.objects.filter(pk__in=[pk for pk, _user in turn]).update(told_at=moment)
        news.tell_seat_open(sitting, [user_id for _pk, user_id in turn], at=moment)
    return len(turn)


def forget_past(*, now: datetime | None = None) -> int:
    """Delete wishes for sittings that are over; return how many."""
    wished = find_sittings(SeatWish.objects.values_list("sitting_id", flat=True).distinct())
    over = [each.id for each in wished if each.meeting.ends_at < (now or timezone.now())]
    return SeatWish.objects.filter(sitting_id__in=over).delete()[0]


_ONCE: Final = ("sitting", "user_id")
