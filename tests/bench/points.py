"""Figures of the points engine.

``record_activity_vs_commit``: recording an activity and folding it, per second, against inserting and committing one
row. Every activity is another learner's first of its day in a course with other learners, so no zone, total or page of
an index is warm from the time before.

``rank_vs_pk_lookup``: time to find a member's exact rank among 650,000, against reading one row by its primary key.
"""

from __future__ import annotations

import itertools
import random
import uuid
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from gamification import api, statements
from gamification.courses import get_number
from gamification.models import Bucket, Listing, Total, total_key

from .figures import compare_rates

LEARNERS = 2_000
MEMBERS = 650_000
KINDS = ["comment", "answer", "question", "unit_finished", "case_finished"]


def _bulk(model: type, rows: list[object]) -> None:
    for start in range(0, len(rows), 5_000):
        with transaction.atomic():
            model.objects.bulk_create(rows[start : start + 5_000])


def measure_recording() -> float:
    """Return rate of record and fold / rate of a single-row commit."""
    from django.contrib.auth.models import User

    from common.djangoapps.student.models import CourseEnrollment

    run = uuid.uuid4().hex[:8]
    course_key = CourseKey.from_string(f"course-v1:Bench+record+{run}")
    api.set_on(course_key, True, actor_id=None)
    _bulk(User, [User(username=f"bench-{run}-{number}") for number in range(LEARNERS)])
    users = list(User.objects.filter(username__startswith=f"bench-{run}-").values_list("pk", flat=True))
    _bulk(CourseEnrollment, [CourseEnrollment(user_id=user, course_id=course_key, is_active=True) for user in users])
    luck = random.Random(7)
    numbers = itertools.count()
    start = timezone.now() - timedelta(days=60)

    def ours() -> None:
        number = next(numbers)
        is_new = api.record_activity(
            source=f"bench:{run}:{number}",
            revision=1,
            user_id=luck.choice(users),
            course_key=course_key,
            kind=luck.choice(KINDS),
            occurred_at=start + timedelta(seconds=number * 40),
            title="A name and a measure by Tuesday",
            url="/courses/x/jump_to/y",
            facts={"words": 40},
        )
        assert is_new

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_raw (id INTEGER PRIMARY KEY AUTO_INCREMENT, n INTEGER)"
            if _is_mysql()
            else "CREATE TABLE bench_raw (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER)"
        )

    def raw() -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_raw (n) VALUES (%s)", [next(numbers)])

    # Everybody's first activity also makes their total and decides about the board; that is not the usual case.
    for user in users:
        api.record_activity(
            source=f"bench:{run}:first:{user}",
            revision=1,
            user_id=user,
            course_key=course_key,
            kind="check_in",
            occurred_at=start,
        )
    try:
        our_rate, raw_rate = compare_rates(ours, raw)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE bench_raw")
    assert not api.compare_course(course_key, is_repair=False), "the sums do not match the ledger"
    print(f"  record and fold {our_rate:,.0f}/s, single-row commit {raw_rate:,.0f}/s")
    return our_rate / raw_rate


def measure_rank(members: int = MEMBERS) -> float:
    """Return time of an exact rank / time of a primary key look-up."""
    run = uuid.uuid4().hex[:8]
    course_key = CourseKey.from_string(f"course-v1:Bench+rank+{run}")
    api.set_on(course_key, True, actor_id=None)
    course_id = get_number(course_key)
    luck = random.Random(11)
    now = timezone.now()
    # Few have many points: about 3,000 different scores, as on a board of this size.
    scores = [min(20_000, int(luck.lognormvariate(3.2, 1.5)) + 1) for _ in range(members)]
    for start in range(0, members, 10_000):
        Total.objects.bulk_create(
            Total(
                id=total_key(course_id, user),
                course_id=course_id,
                user_id=user,
                points=scores[user - 1],
                by_kind={"comment": scores[user - 1]},
                listing=Listing.LISTED,
                changed_at=now,
            )
            for user in range(start + 1, min(start + 10_000, members) + 1)
        )
    bars: dict[int, int] = {}
    for score in scores:
        for bar in statements.list_bars(course_id, score):
            bars[bar] = bars.get(bar, 0) + 1
    _bulk(Bucket, [Bucket(id=bar, members=count) for bar, count in sorted(bars.items())])
    if _is_mysql():
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE TABLE {statements.TOTAL}, {statements.BUCKET}")
            cursor.fetchall()
    for user in luck.sample(range(1, members + 1), 20):
        exact = Total.objects.filter(course_id=course_id, listing=Listing.LISTED, points__gt=scores[user - 1]).count()
        assert api.get_rank(user, course_key) == exact + 1

    def ours() -> None:
        assert api.get_rank(luck.randrange(1, members + 1), course_key)

    def raw() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT points FROM {statements.TOTAL} WHERE id = %s",
                [total_key(course_id, luck.randrange(1, members + 1))],
            )
            assert cursor.fetchone()

    our_rate, raw_rate = compare_rates(ours, raw, seconds=0.4)
    print(f"  rank {1e6 / our_rate:,.0f} µs, look-up {1e6 / raw_rate:,.0f} µs; {len(bars):,} bars")
    return raw_rate / our_rate


def _is_mysql() -> bool:
    return connection.vendor == "mysql"
