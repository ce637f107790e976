"""Facts beside each other, on a real database server at both isolation levels."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from gamification import api as gamification
from gamification.signals import LEVEL_REACHED, TOTAL_CHANGED
from people import api as people
from people.models import Errand

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

WRITERS, EACH = 4, 6


def test_the_newest_total_that_is_told_is_the_true_one(
    listen: Callable[..., list[Any]], learner: Any, points_course: CourseKey
) -> None:
    totals, levels = listen(TOTAL_CHANGED), listen(LEVEL_REACHED)

    def earn(writer: int) -> None:
        try:
            for number in range(EACH):
                gamification.record_activity(
                    source=f"race:{writer}:{number}",
                    revision=1,
                    user_id=learner.id,
                    course_key=points_course,
                    kind="case_finished",
                    occurred_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
                )
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(earn, range(WRITERS)))
    gamification.fold_pending(user_id=learner.id, course_key=points_course)
    people.run_errands(now=timezone.now() + timedelta(hours=1))
    assert not Errand.objects.exists()
    standing = gamification.get_standing(learner.id, points_course)
    assert standing.points == 10 * WRITERS * EACH
    assert max(totals, key=lambda fact: fact.occurred_at).points == standing.points
    reached = {fact.level for fact in levels}
    assert reached == {
        level.number
        for level in gamification.list_levels(points_course, count=9)[1:]
        if level.starts_at <= standing.points
    }
