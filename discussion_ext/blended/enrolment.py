"""Rows for everybody who learns in the course of a blended task, so that dates reach those who never looked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db import connection
from opaque_keys.edx.keys import CourseKey

from discussion_ext import edx_platform
from discussion_ext.models import Participation, Task

_BATCH: Final = 500


def iter_enrolments(task: Task) -> Iterator[int]:
    """Give a row to every learner who has none, batch by batch; yield how many were made. Safe to repeat."""
    course_key = CourseKey.from_string(task.course_id)
    known = Participation.objects.filter(task=task).values("user_id")
    target = ["task", "user_id"] if connection.features.supports_update_conflicts_with_target else None
    after = 0
    while user_ids := edx_platform.list_learner_ids(course_key, without=known, after=after, limit=_BATCH):
        Participation.objects.bulk_create(
            [Participation(task=task, user_id=user_id) for user_id in user_ids],
            update_conflicts=True,
            update_fields=["user_id"],
            unique_fields=target,
        )
        after = user_ids[-1]
        yield len(user_ids)
