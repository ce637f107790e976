"""Figures of chapters: what the nightly comparison costs where every graduate of a business school is a member."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.db import connection
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from chapters.data import Audience, ChapterState, JoinedBy, MembershipState, StandingSource
from chapters.membership import reconciling
from chapters.models import Chapter, ChapterRule, Membership, RuleCourse, Standing
from tests.bench.blended import _forget_peak, _peak_mb
from tests.bench.figures import analyse, insert_rows

CHAPTERS, EACH = 40, 16_250
#: So many members of each chapter lost their course, or completed it, while no signal was heard.
WRONG = 5
_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def measure() -> dict[str, float]:
    """Return the figures of ``reconcile_*``: memory and time over 650,000 memberships, and that nothing is missed."""
    made = [_make_chapter(number) for number in range(CHAPTERS)]
    people = count(10_000_000)
    for chapter, key in made:
        _fill(chapter, key, [next(people) for _ in range(EACH)])
    _analyse()
    _run()  # mends what was made wrong, and warms up
    before = _forget_peak()
    started = time.perf_counter()
    counts = _run()
    seconds = time.perf_counter() - started
    growth = _peak_mb() - before
    total = CHAPTERS * EACH
    assert counts["members compared"] == total, counts
    assert "standings opened" not in counts
    print(f"    {total:,} memberships: {growth:.1f} MB more at most, {seconds * 1_000_000 / total:.0f} ms a thousand")
    return {
        "reconcile_rss_growth_mb": max(0.0, growth),
        "reconcile_seconds_per_1000": seconds * 1000 / total,
    }


def _run() -> dict[str, int]:
    done: dict[str, int] = {}
    for step in reconciling.reconcile_memberships():
        for name, number in step.counts.items():
            done[name] = done.get(name, 0) + number
    if done.get("standings opened"):
        assert done["standings opened"] == done["standings closed"] == CHAPTERS * WRONG, done
    return done


def _make_chapter(number: int) -> tuple[Chapter, CourseKey]:
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    key = CourseKey.from_string(f"course-v1:Bench+chapter{number}+1")
    CourseOverview.objects.create(id=key, org="Bench", display_name=f"Course {number}")
    chapter = Chapter.objects.create(slug=f"bench-{number}", name=f"Bench {number}", state=ChapterState.ACTIVE)
    for audience in (Audience.LEARNERS, Audience.ALUMNI):
        rule = ChapterRule.objects.create(chapter=chapter, audience=audience)
        RuleCourse.objects.create(rule=rule, course_id=str(key))
    return chapter, key


def _fill(chapter: Chapter, key: CourseKey, user_ids: list[int]) -> None:
    """Make everybody a learner and every second one an alumnus, but for a few whose standings are wrong."""
    from common.djangoapps.student.models import CourseEnrollment
    from lms.djangoapps.grades.models import PersistentCourseGrade

    now, course = timezone.now(), str(key)
    _insert(
        CourseEnrollment,
        [
            {"user_id": each, "course_id": course, "is_active": True, "mode": "audit", "created": now}
            for each in user_ids
        ],
    )
    grade = {
        "course_id": course,
        "percent_grade": 0.8,
        "letter_grade": "Pass",
        "passed_timestamp": now,
        "course_version": "",
        "grading_policy_hash": "",
        "created": now,
        "modified": now,
    }
    _insert(PersistentCourseGrade, [{"user_id": each, **grade} for each in user_ids[::2]])
    Membership.objects.bulk_create(
        (
            Membership(
                chapter=chapter, user_id=each, state=MembershipState.MEMBER, joined_by=JoinedBy.SELF,
                joined_at=_SINCE, first_joined_at=_SINCE, times_joined=1, position="Team lead", why="To practise",
            )
            for each in user_ids
        ),
        batch_size=2_000,
    )  # fmt: skip
    Chapter.objects.filter(pk=chapter.pk).update(members=len(user_ids))
    ids = dict(Membership.objects.filter(chapter=chapter).values_list("user_id", "pk"))
    common: dict[str, Any] = {
        "chapter_id": chapter.pk,
        "source": StandingSource.RULE,
        "course_id": course,
        "since": now,
    }
    learners = user_ids[WRONG:]  # a few were not told
    alumni = user_ids[::2] + user_ids[1 : 2 * WRONG : 2]  # a few were told what is not so
    for audience, who in ((Audience.LEARNERS, learners), (Audience.ALUMNI, alumni)):
        standings = (Standing(membership_id=ids[each], audience=audience, **common) for each in who)
        Standing.objects.bulk_create(standings, batch_size=5_000)


def _insert(model: Any, rows: list[dict[str, Any]]) -> None:
    with connection.constraint_checks_disabled():  # accounts are asked for of nobody who is where they should be
        insert_rows(model._meta.db_table, list(rows[0]), [list(row.values()) for row in rows], batch=5_000)


def _analyse() -> None:
    from common.djangoapps.student.models import CourseEnrollment
    from lms.djangoapps.grades.models import PersistentCourseGrade

    analyse(*(each._meta.db_table for each in (Membership, Standing, CourseEnrollment, PersistentCourseGrade)))
