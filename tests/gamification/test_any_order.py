"""Through the real ledger on the database: any order, repetition and void before award give one total."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opaque_keys.edx.keys import CourseKey

from gamification import api
from gamification.models import Entry, Total

from .conftest import NOON, undone

WORTH = {"comment": 3, "unit_finished": 1, "case_finished": 10}
PER_DAY = {"comment": 2, "unit_finished": 10, "case_finished": None}


class Act(NamedTuple):
    """One thing that arrives: an award or a void of a source's revision."""

    source: str
    revision: int
    is_void: bool
    hour: int
    words: int

    @property
    def kind(self) -> str:
        return {"a": "comment", "b": "unit_finished", "c": "case_finished"}[self.source[0]]


acts = st.lists(
    st.builds(
        Act,
        source=st.sampled_from(["a1", "a2", "a3", "a4", "b1", "c1"]),
        revision=st.integers(1, 4),
        is_void=st.booleans(),
        hour=st.sampled_from([0, 1, 26]),
        words=st.sampled_from([3, 40]),
    ),
    max_size=14,
    unique_by=lambda act: (act.source, act.revision),
)


def expected_points(happened: Sequence[Act]) -> int:
    """Return the total as one would work it out by hand."""
    latest = {act.source: act for act in sorted(happened, key=lambda act: act.revision)}
    first_awards: dict[str, Act] = {}
    for act in sorted(happened, key=lambda act: -act.revision):
        if not act.is_void:
            first_awards[act.source] = act
    days: dict[tuple[str, bool], list[Act]] = defaultdict(list)
    for act in latest.values():
        if not act.is_void and not (act.kind == "comment" and act.words < 15):
            days[act.kind, first_awards[act.source].hour > 11].append(act)
    points = 0
    for (kind, _), day in days.items():
        paid = len(day) if PER_DAY[kind] is None else min(len(day), PER_DAY[kind] or 0)
        points += WORTH[kind] * paid
    return points


def deliver(act: Act, *, user_id: int, course_key: CourseKey) -> bool:
    details = {
        "source": act.source,
        "revision": act.revision,
        "user_id": user_id,
        "course_key": course_key,
        "kind": act.kind,
        "occurred_at": NOON + timedelta(hours=act.hour),
    }
    if act.is_void:
        return api.void_activity(**details, reason="withdrawn")
    return api.record_activity(**details, facts={"words": act.words})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happened=acts, luck=st.randoms(use_true_random=False))
def test_one_total_whatever_the_order_the_repetitions_and_the_folds_in_between(
    enrol: Callable[..., int], plain_course: CourseKey, happened: list[Act], luck: random.Random
) -> None:
    with undone():
        person = enrol()
        arriving = happened + luck.sample(happened, len(happened) // 2)
        luck.shuffle(arriving)
        for act in arriving:
            deliver(act, user_id=person, course_key=plain_course)
            if luck.random() < 0.4:
                api.fold_pending(user_id=person, course_key=plain_course)
        shown = api.get_standing(person, plain_course).points
        api.fold_pending(user_id=person, course_key=plain_course)
        total = Total.objects.filter(user_id=person).first()
        lines = api.list_entries(person, plain_course, page_size=100)

        assert Entry.objects.count() == len(happened) >= lines.total
        assert shown == expected_points(happened)
        assert (total.points if total else 0) == expected_points(happened)
        assert sum(total.by_kind.values() if total else ()) == expected_points(happened)
        assert sum(entry.points for entry in lines.entries) == expected_points(happened)
        assert not Entry.objects.filter(is_folded=False).exists()
        assert not api.compare_course(plain_course, is_repair=False)
