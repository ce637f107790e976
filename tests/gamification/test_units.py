"""A finished page earns a point: the real completion model, the host's course store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from completion.models import BlockCompletion
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey, UsageKey

from gamification import api, edx_platform
from gamification.data import FinishedUnitData
from gamification.models import Entry
from people import api as people

Do = Callable[..., Any]


@pytest.fixture
def unit(points_course: CourseKey) -> dict[str, UsageKey]:
    """Return the keys of a published unit: two texts, and a case of ours."""
    from embedded_host.courses.store import CourseStore
    from embedded_host.models import Branch

    store = CourseStore(Branch.DRAFT)
    parent = store.get_course(points_course).location
    keys: dict[str, UsageKey] = {}
    for block_type in ("chapter", "sequential", "vertical"):
        parent = keys[block_type] = store.create_child(
            None, parent, block_type, fields={"display_name": "When it goes wrong"}
        ).location
    for name, block_type in (("one", "html"), ("two", "html"), ("case", "points_panel")):
        keys[name] = store.create_child(None, parent, block_type).location
    store.publish(keys["chapter"])
    return keys


def complete(user_id: int, key: UsageKey, completion: float = 1.0) -> None:
    BlockCompletion.objects.submit_completion(user=User.objects.get(pk=user_id), block_key=key, completion=completion)


@pytest.fixture
def found(monkeypatch: Any) -> list[UsageKey]:
    """Let every completed block finish the same unit; return the blocks that were asked about."""
    asked: list[UsageKey] = []

    def find(user_id: int, block_key: UsageKey, *, without_types: object) -> FinishedUnitData:
        asked.append(block_key)
        return FinishedUnitData(usage_key="block-v1:x", title="When it goes wrong", url="/courses/x/jump_to/y")

    monkeypatch.setattr(edx_platform, "find_finished_unit", find)
    return asked


def key(course_key: CourseKey, block_type: str, name: str) -> UsageKey:
    return course_key.make_usage_key(block_type, name)


def test_a_finished_unit_counts_once(person: int, plain_course: CourseKey, found: list[UsageKey]) -> None:
    complete(person, key(plain_course, "html", "one"))
    complete(person, key(plain_course, "html", "two"))
    assert len(found) == 2
    (line,) = api.list_entries(person, plain_course).entries
    assert (line.kind, line.title, line.points) == ("unit_finished", "When it goes wrong", 1)


def test_our_own_blocks_half_done_blocks_and_courses_without_points_are_not_looked_at(
    person: int, plain_course: CourseKey, found: list[UsageKey], django_assert_num_queries: Do
) -> None:
    complete(person, key(plain_course, "case_discussion", "one"))
    complete(person, key(plain_course, "html", "half"), completion=0.5)
    complete(person, key(CourseKey.from_string("course-v1:Other+C+1"), "html", "one"))
    assert found == []


def test_a_failing_neighbour_costs_nobody_a_point(
    person: int, plain_course: CourseKey, monkeypatch: Any, caplog: Any
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        Entry.objects.raw("SELECT nonsense FROM nowhere")[0]

    with monkeypatch.context() as patch:
        patch.setattr(edx_platform, "find_finished_unit", fail)
        complete(person, key(plain_course, "html", "one"))
        assert BlockCompletion.objects.count() == 1
        assert "points.unit" in caplog.text
        assert people.run_errands().failed == 1
    unit = FinishedUnitData(usage_key="block-v1:x", title="Page", url="")
    monkeypatch.setattr(edx_platform, "find_finished_unit", lambda *args, **kwargs: unit)
    assert people.run_errands(now=timezone.now() + timedelta(hours=1)).done == 1
    assert api.get_standing(person, plain_course).points == 1
    assert Entry.objects.get().occurred_at == BlockCompletion.objects.get().modified


def test_a_hopeless_one_is_kept_for_somebody_to_look_at(person: int, plain_course: CourseKey, monkeypatch: Any) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(edx_platform, "find_finished_unit", fail)
    complete(person, key(plain_course, "html", "one"))
    for days in range(25):
        people.run_errands(now=timezone.now() + timedelta(days=days))
    (stuck,) = people.list_stuck_errands()
    assert (stuck.kind, stuck.attempts, stuck.error) == ("points.unit", 25, "DatabaseError")


def test_the_unit_is_finished_with_its_last_part_our_own_blocks_not_counted(
    learner: Any, points_course: CourseKey, unit: dict[str, UsageKey]
) -> None:
    complete(learner.id, unit["one"])
    assert api.get_standing(learner.id, points_course).points == 0
    complete(learner.id, unit["two"], completion=0.5)
    assert api.get_standing(learner.id, points_course).points == 0
    complete(learner.id, unit["two"])
    (line,) = api.list_entries(learner.id, points_course).entries
    assert (line.points, line.title) == (1, "When it goes wrong")
    assert line.url == f"/courses/{points_course}/jump_to/{unit['vertical']}"
    complete(learner.id, unit["two"], completion=0.2)
    complete(learner.id, unit["two"])
    assert api.list_entries(learner.id, points_course).total == 1
