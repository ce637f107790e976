"""Where one person stands in one course."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from . import boards, courses, statements
from .data import StandingData
from .folding import read_change
from .models import Listing, total_key
from .schemes import get_in_force
from .statements import TotalRow

_NOTHING = TotalRow(points=0, by_kind={}, listing=Listing.UNKNOWN)


def get_standing(user_id: int, course_key: CourseKey) -> StandingData:
    """Return points, level and rank of a person, entries that are not folded yet included."""
    course_id = courses.find_number(course_key)
    total, shown = (None, _NOTHING) if course_id is None else read_totals(course_id, user_id)
    listing = Listing(shown.listing)
    if listing == Listing.UNKNOWN:
        listing = boards.decide_listing(user_id=user_id, course_key=course_key)
    rank, size = None, 0
    if course_id is not None:
        rank = boards.find_rank(course_id, total=total, points=shown.points, listing=listing)
        size = statements.count_members(course_id)
    return StandingData(
        user_id=user_id,
        points=shown.points,
        level=get_in_force(course_key, timezone.now()).scheme.curve.level(shown.points),
        rank=rank,
        board_size=size,
        is_listed=listing == Listing.LISTED and shown.points > 0,
        listing="none" if listing == Listing.LISTED and shown.points <= 0 else listing.name.lower(),
    )


def read_totals(course_id: int, user_id: int) -> tuple[TotalRow | None, TotalRow]:
    """Return a person's total as it is folded (None if there is none) and as it is shown."""
    key = total_key(course_id, user_id)
    total, is_waiting = statements.find_total(key)
    if not is_waiting:
        return total, total or _NOTHING
    change = read_change(course_id=course_id, user_id=user_id)
    if not change.entry_ids:
        # Folded by another process between the two looks.
        total, _ = statements.find_total(key)
    return total, boards.add_points(total or _NOTHING, change.by_kind)


def points_by_kind(user_id: int, course_key: CourseKey) -> Mapping[str, int]:
    """Return a person's shown points by kind of activity."""
    course_id = courses.find_number(course_key)
    return Counter() if course_id is None else read_totals(course_id, user_id)[1].by_kind
