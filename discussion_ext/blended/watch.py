"""Whom something that happened elsewhere in a course concerns: a unit finished, a date given, somebody new.

Asked by receivers with every such fact of every course, so one cached look-up answers where there are no blended tasks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.cache import cache
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import edx_platform
from discussion_ext.announcements import await_evaluation
from discussion_ext.data import BlendedConfigData, TaskKind
from discussion_ext.models import Participation, Task
from people import api as people

#: The errand for what a receiver missed.
MISSED_LEARNER: Final = "discussion.blended_learner"
MISSED_READER: Final = "discussion.blended_reader"

_SECONDS: Final = 60


@dataclass(frozen=True)
class _Watched:
    """The blended tasks of a course, and which of them ask for which unit."""

    task_ids: list[int] = field(default_factory=list)
    by_unit: Mapping[str, list[int]] = field(default_factory=dict)


def has_tasks(course_key: CourseKey) -> bool:
    """Tell whether a course has blended tasks; a new one is seen everywhere within a minute."""
    return bool(_watched(course_key).task_ids)


def asks_for_units(course_key: CourseKey) -> bool:
    """Tell whether a blended task of the course asks for units to be read."""
    return bool(_watched(course_key).by_unit)


def await_reader(usage_key: UsageKey, user_id: int) -> None:
    """Leave a learner to be evaluated who finished a block, in the tasks that ask for its unit; inserts only."""
    by_unit = _watched(usage_key.course_key).by_unit
    unit_id = edx_platform.unit_of_block(usage_key) if by_unit else None
    for task_id in by_unit.get(unit_id or "", ()):
        await_evaluation(task_id, user_id)


def await_learner(course_key: CourseKey, user_id: int) -> None:
    """Leave a learner to be evaluated in all blended tasks of a course, with a row in each; inserts only."""
    for task_id in _watched(course_key).task_ids:
        who = {"task_id": task_id, "user_id": user_id}
        if not Participation.objects.filter(**who).exists():
            people.insert_or_update(Participation(**who), by=["task", "user_id"])
        await_evaluation(task_id, user_id)


def missed_learner(course_key: CourseKey, user_id: int) -> people.Missed:
    """Name a learner who could not be left to be evaluated in the tasks of a course."""
    facts = {"course": str(course_key), "user": user_id}
    return people.Missed(kind=MISSED_LEARNER, key=f"{course_key} {user_id}", facts=facts)


def missed_reader(usage_key: UsageKey, user_id: int) -> people.Missed:
    """Name somebody who finished a block and could not be left to be evaluated."""
    facts = {"block": str(usage_key), "user": user_id}
    return people.Missed(kind=MISSED_READER, key=f"{usage_key} {user_id}", facts=facts)


def run_reader(facts: Mapping[str, Any]) -> None:
    """Do what was missed for somebody who finished a block."""
    await_reader(UsageKey.from_string(facts["block"]), facts["user"])


def run_learner(facts: Mapping[str, Any]) -> None:
    """Do what was missed for a learner."""
    await_learner(CourseKey.from_string(facts["course"]), facts["user"])


def forget(course_key: CourseKey) -> None:
    """Let what is remembered of a course go, because its tasks changed."""
    with suppress(Exception):  # whatever a cache raises when it is down
        cache.delete(_name(course_key))


def _watched(course_key: CourseKey) -> _Watched:
    known: Any = None
    with suppress(Exception):
        known = cache.get(_name(course_key))
    if known is None:
        known = _read(course_key)
        with suppress(Exception):
            cache.set(_name(course_key), known, _SECONDS)
    task_ids, by_unit = known
    return _Watched(task_ids, by_unit)


def _read(course_key: CourseKey) -> tuple[list[int], dict[str, list[int]]]:
    tasks = Task.objects.filter(course_id=str(course_key), kind=TaskKind.BLENDED, is_active=True).order_by("pk")
    by_unit: dict[str, list[int]] = {}
    for task in tasks:
        stages = BlendedConfigData.from_json(task.config).stages
        for unit_id in {unit_id for stage in stages for unit_id in stage.unit_ids}:
            by_unit.setdefault(unit_id, []).append(task.pk)
    return [task.pk for task in tasks], by_unit


def _name(course_key: CourseKey) -> str:
    return f"discussion_ext.blended.{hashlib.sha1(str(course_key).encode(), usedforsecurity=False).hexdigest()}"
