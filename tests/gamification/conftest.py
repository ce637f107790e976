"""Fixtures of the points engine: a course that gives points, its people, and short ways to record."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from opaque_keys.edx.keys import CourseKey

NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)


@contextmanager
def undone() -> Iterator[None]:
    """Undo what one example of a property test wrote, also when it fails.

    A savepoint, not ``atomic``: to the code under test it must look as if no transaction were open.
    """
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)


@pytest.fixture
def plain_course(db: None) -> CourseKey:
    """Return the key of a course that gives points; the engine needs no content, so there is none."""
    from gamification import api

    key = CourseKey.from_string("course-v1:Meridian+PTS+2026")
    api.set_on(key, True, actor_id=None)
    return key


@pytest.fixture
def enrol(plain_course: CourseKey) -> Callable[..., int]:
    """Return a maker of enrolled people; it gives their ids."""
    from django.contrib.auth.models import User

    from common.djangoapps.student.models import CourseEnrollment

    numbers = itertools.count(1)

    def make(*, course_key: CourseKey = plain_course) -> int:
        user = User.objects.create(username=f"person{next(numbers)}")
        CourseEnrollment.objects.create(user=user, course_id=course_key, is_active=True)
        return user.pk

    return make


@pytest.fixture
def person(enrol: Callable[..., int]) -> int:
    """Return the id of an enrolled learner."""
    return enrol()


@pytest.fixture
def record(plain_course: CourseKey) -> Callable[..., bool]:
    """Return a short way to record an activity (a case finished at noon, unless told otherwise)."""
    from gamification import api

    numbers = itertools.count(1)

    def do(user_id: int, kind: str = "case_finished", **details: Any) -> bool:
        values = {
            "source": f"auto:{next(numbers)}",
            "revision": 1,
            "course_key": plain_course,
            "occurred_at": NOON,
            "facts": {"words": 40},
        }
        return api.record_activity(user_id=user_id, kind=kind, **{**values, **details})

    return do


@pytest.fixture
def void(plain_course: CourseKey) -> Callable[..., bool]:
    """Return a short way to take an activity back."""
    from gamification import api

    def do(user_id: int, source: str, kind: str = "case_finished", **details: Any) -> bool:
        values = {"revision": 2, "course_key": plain_course, "occurred_at": NOON, "reason": "withdrawn"}
        return api.void_activity(user_id=user_id, source=source, kind=kind, **{**values, **details})

    return do


@pytest.fixture
def fold(plain_course: CourseKey) -> Callable[[int], int]:
    """Return a short way to fold a person's waiting lines."""
    from gamification import api

    return lambda user_id: api.fold_pending(user_id=user_id, course_key=plain_course)
