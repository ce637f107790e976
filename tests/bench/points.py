"""Figures of the points engine."""

from __future__ import annotations

import itertools
import random
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from gamification import api, statements
from gamification.courses import get_number
from gamification.models import Listing, Total, total_key
from tests.bench.figures import analyse, compare_rates, insert_rows, is_mysql
from tests.bench.people import make_learners

LEARNERS = 3_000
MEMBERS = 650_000
KINDS = ["comment", "answer", "question", "unit_finished", "case_finished"]


def record_activity_vs_commit() -> float:
    """Return the rate of recording and folding / the rate of inserting and committing one row.

    Outside a request, so recording has a commit of its own and folding another one. Each activity is somebody else's
    than the one before, who has points already; kinds, days and scores are mixed.
    """
    course_key = CourseKey.from_string("course-v1:Bench+record+1")
    api.set_on(course_key, True, actor_id=None)
    learners = make_learners(course_key, LEARNERS)
    luck = random.Random(7)  # noqa: S311 - the same luck in every run
    numbers = itertools.count()
    start = timezone.now() - timedelta(days=60)

    def record(user_id: int, kind: str) -> None:
        number = next(numbers)
        is_new = api.record_activity(
            source=f"bench:{number}",
            revision=1,
            user_id=user_id,
            course_key=course_key,
            kind=kind,
            occurred_at=start + timedelta(seconds=number * 40),
            title="A name and a measure by Tuesday",
            url="/courses/course-v1:Bench+record+1/jump_to/block-v1:Bench+record+1+type@vertical+block@4",
            facts={"words": 40},
        )
        assert is_new

    # The first activity also makes the total and decides about the board; that is not the usual case.
    for user_id in learners:
        record(user_id, "check_in")
    turns = itertools.cycle(learners)
    increment = "AUTO_INCREMENT" if is_mysql() else "AUTOINCREMENT"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_raw (id INTEGER PRIMARY KEY {increment}, n INTEGER)")

    def commit_one_row() -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_raw (n) VALUES (%s)", [next(numbers)])

    ours, raw = compare_rates(lambda: record(next(turns), luck.choice(KINDS)), commit_one_row)
    assert not api.compare_course(course_key, is_repair=False), "the sums do not match the ledger"
    print(f"    record and fold {ours:,.0f}/s, single-row commit {raw:,.0f}/s")
    return ours / raw


def rank_vs_pk_lookup(members: int = MEMBERS) -> float:
    """Return the time of an exact rank among ``members`` / the time of reading one row by its primary key."""
    course_key = CourseKey.from_string("course-v1:Bench+rank+1")
    api.set_on(course_key, True, actor_id=None)
    course_id = get_number(course_key)
    luck = random.Random(11)  # noqa: S311 - the same luck in every run
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    # Few have many points: some 3,000 different scores, as on a board of this size.
    scores = [min(20_000, int(luck.lognormvariate(3.2, 1.5)) + 1) for _ in range(members)]
    insert_rows(
        statements.TOTAL,
        ["id", "course_id", "user_id", "points", "by_kind", "listing", "changed_at"],
        [
            (total_key(course_id, user), course_id, user, score, f'{{"comment":{score}}}', int(Listing.LISTED), now)
            for user, score in enumerate(scores, start=1)
        ],
    )
    bars: dict[int, int] = {}
    for score in scores:
        for bar in statements.list_bars(course_id, score):
            bars[bar] = bars.get(bar, 0) + 1
    insert_rows(statements.BUCKET, ["id", "members"], sorted(bars.items()))
    analyse(statements.TOTAL, statements.BUCKET)
    for user_id in luck.sample(range(1, members + 1), 20):
        better = Total.objects.filter(course_id=course_id, listing=Listing.LISTED, points__gt=scores[user_id - 1])
        assert api.get_rank(user_id, course_key) == better.count() + 1

    def rank() -> None:
        assert api.get_rank(luck.randrange(1, members + 1), course_key)

    def look_up() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT points FROM {statements.TOTAL} WHERE id = %s",  # noqa: S608
                [total_key(course_id, luck.randrange(1, members + 1))],
            )
            assert cursor.fetchone()

    ours, raw = compare_rates(rank, look_up, seconds=0.3)
    print(f"    rank {1e6 / ours:,.0f} µs, look-up {1e6 / raw:,.0f} µs; {len(bars):,} bars")
    return raw / ours
