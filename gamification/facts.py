"""When the outside world hears of points: in the transaction in which a total changes."""

from __future__ import annotations

from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from people import api as people

from .schemes import get_in_force
from .signals import LEVEL_REACHED, TOTAL_CHANGED, LevelFactData, TotalFactData


def tell_change(*, user_id: int, course_key: CourseKey, before: int, after: int) -> None:
    """Announce that a total went from one number of points to another, and the levels that were reached by it."""
    if before == after or not (TOTAL_CHANGED.has_listeners() or LEVEL_REACHED.has_listeners()):
        return
    now = timezone.now()
    curve = get_in_force(course_key, now).scheme.curve
    former, level = curve.level(before).number, curve.level(after).number
    who = {"user_id": user_id, "course_key": course_key, "occurred_at": now}
    people.announce(TOTAL_CHANGED, TotalFactData(**who, points=after, level=level), key=f"{user_id} {course_key}")
    for reached in range(former + 1, level + 1):
        fact = LevelFactData(**who, level=reached)
        people.announce(LEVEL_REACHED, fact, key=f"{user_id} {course_key} {reached}")
