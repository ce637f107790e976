"""Courses that give points: their switch and the number by which the tables know them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from opaque_keys.edx.keys import CourseKey

from people import api as people

from .memory import ShortMemory
from .models import PointsCourse


@dataclass(frozen=True, slots=True)
class CourseState:
    """What every signal asks first; ``number`` is None for a course that never gave points."""

    number: int | None
    is_on: bool


_memory: ShortMemory[str, CourseState] = ShortMemory()


def _read_state(key: str) -> CourseState:
    row = PointsCourse.objects.filter(course_key=key).values_list("id", "is_on").first()
    number, choice = row or (None, None)
    return CourseState(number=number, is_on=settings.GAMIFICATION_ON_BY_DEFAULT if choice is None else choice)


def get_state(course_key: CourseKey) -> CourseState:
    """Return switch and number of a course, from memory if possible."""
    key = str(course_key)
    return _memory.get(key, lambda: _read_state(key))


def is_on(course_key: CourseKey) -> bool:
    """Say whether this course gives points: its team's choice, else ``GAMIFICATION_ON_BY_DEFAULT``."""
    return get_state(course_key).is_on


def is_on_now(course_key: CourseKey) -> bool:
    """Say what `is_on` says, but never from memory: for whoever keeps the answer longer than we remember it."""
    return _read_state(str(course_key)).is_on


def set_on(course_key: CourseKey, is_on: bool, *, actor_id: int | None) -> None:
    """Switch points on or off for a course. Off: nothing is recorded any more, and what was earned stays.

    Other processes follow within ``GAMIFICATION_CACHE_SECONDS``.
    """
    key = str(course_key)
    with transaction.atomic():
        PointsCourse.objects.update_or_create(course_key=key, defaults={"is_on": is_on})
        people.record_audit(
            actor_id=actor_id,
            verb="points_switched_on" if is_on else "points_switched_off",
            target=key,
            context_key=key,
        )
        _memory.forget_after_commit(key)


def make_known(course_key: CourseKey) -> bool:
    """Let operators find a key in the admin, with its switch; return whether it is new. The switch stays as it is."""
    if _read_state(str(course_key)).number is not None:
        return False
    get_number(course_key)
    return True


def has_given_points(course_key: CourseKey) -> bool:
    """Say whether anybody may have points in this course, from memory if possible."""
    return get_state(course_key).number is not None


def find_number(course_key: CourseKey) -> int | None:
    """Return the course's number, or None if it never gave points."""
    return get_state(course_key).number


def get_number(course_key: CourseKey) -> int:
    """Return the course's number, given now if it has none."""
    number = find_number(course_key)
    return _give_number(str(course_key)) if number is None else number


def _give_number(key: str) -> int:
    # A locking read sees what others committed after our snapshot; a plain one would not.
    with transaction.atomic():
        people.insert_or_update(PointsCourse(course_key=key), by=["course_key"])
        number = PointsCourse.objects.select_for_update().get(course_key=key).pk
        _memory.forget_after_commit(key)
    return number


def get_course_key(number: int) -> CourseKey:
    """Return the key of the course with this number."""
    return CourseKey.from_string(PointsCourse.objects.values_list("course_key", flat=True).get(pk=number))
