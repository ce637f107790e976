"""Races on a real database server, at both isolation levels it may run at.

Each race has a twin that takes the guard away and shows that the test would notice. Where threads have to meet at a
certain point, they meet at a barrier; a thread that a lock keeps from getting there makes the barrier give up after a
second, which is the sign that the lock holds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from opaque_keys.edx.keys import CourseKey

from gamification import api, boards, courses, folding, statements
from gamification.models import Bucket, Entry, PointsCourse, Total
from people.api import choose_name

from .conftest import NOON

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

Do = Callable[..., Any]


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run works in threads that start together; return results or exceptions."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        try:
            start.wait(timeout=10)
            return work()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def meet(patch: pytest.MonkeyPatch, module: Any, name: str, *, parties: int = 2) -> None:
    """Make threads wait for each other after the function ``name``, for a second at most."""
    real, barrier = getattr(module, name), threading.Barrier(parties)

    def with_meeting(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs)
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=1)
        return result

    patch.setattr(module, name, with_meeting)


def without_lock(patch: pytest.MonkeyPatch) -> None:
    """Read the total without locking it."""

    def read(key: int) -> statements.TotalRow | None:
        return statements.find_total(key)[0]

    patch.setattr(statements, "lock_total", read)


@pytest.fixture
def two_folds(person: int, plain_course: CourseKey, record: Do, fold: Do, monkeypatch: pytest.MonkeyPatch) -> Do:
    """Return a way to let two folds of the same waiting line meet after both have read it."""
    record(person)
    Total.objects.filter(user_id=person).delete()
    boards.create_total(course_id=Entry.objects.first().course_id, user_id=person)

    def run() -> list[object]:
        meet(monkeypatch, folding, "read_change")
        return at_once(*[lambda: fold(person)] * 2)

    # Make sure that there is something to fold: recording folds as soon as it is committed.
    Entry.objects.update(is_folded=False)
    Bucket.objects.all().delete()
    return run


def test_two_folds_at_once_count_a_line_once(two_folds: Do, plain_course: CourseKey, person: int) -> None:
    assert sorted(two_folds()) == [0, 1]
    assert Total.objects.get().points == 10
    assert api.list_board(plain_course).total == 1
    assert not api.compare_course(plain_course, is_repair=False)


def test_two_folds_at_once_without_the_lock_count_twice(
    two_folds: Do, plain_course: CourseKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_lock(monkeypatch)
    two_folds()
    assert api.compare_course(plain_course, is_repair=False), "the race does not show: the test above proves nothing"


def test_a_line_committed_while_a_fold_reads_is_folded_by_the_next(
    person: int, plain_course: CourseKey, record: Do, fold: Do, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(person, "comment", source="c:0")
    late = threading.Event()
    real = statements.list_pending_sources

    def then_another(**who: int) -> list[statements.PendingLine]:
        found = real(**who)
        if found and not late.is_set():
            late.set()
            with ThreadPoolExecutor(1) as pool:
                pool.submit(commit_another).result()
        return found

    def commit_another() -> None:
        with transaction.atomic():
            record(person, "comment", source="c:2", occurred_at=NOON)
            transaction.on_commit(connections["default"].run_on_commit.clear)
            connections["default"].run_on_commit.clear()
        connections["default"].close()

    monkeypatch.setattr(statements, "list_pending_sources", then_another)
    with transaction.atomic():
        record(person, "comment", source="c:1")
    assert late.is_set()
    fold(person)
    assert Total.objects.get().points == 6
    assert not Entry.objects.filter(is_folded=False).exists()
    assert not api.compare_course(plain_course, is_repair=False)


def test_many_people_earning_at_once_never_deadlock(enrol: Do, plain_course: CourseKey) -> None:
    people = [enrol() for _ in range(8)]

    def earn(user_id: int) -> None:
        for number in range(25):
            # Up and down across the same bars, so that their locks cross.
            api.adjust_points(
                actor_id=1,
                user_id=user_id,
                course_key=plain_course,
                points=[60, 10, -60, 64][number % 4],
                reason="Test",
                request_key=f"p{user_id}n{number}",
            )

    results = at_once(*[lambda user_id=user_id: earn(user_id) for user_id in people])
    assert results == [None] * len(people)
    assert not Entry.objects.filter(is_folded=False).exists(), "a fold that deadlocked is left to the sweep"
    assert not api.compare_course(plain_course, is_repair=False)
    assert api.list_board(plain_course).total == len(people)


def test_first_points_of_many_at_once_never_deadlock(enrol: Do, plain_course: CourseKey, record: Do) -> None:
    people = [enrol() for _ in range(10)]
    assert at_once(*[lambda user_id=user_id: record(user_id) for user_id in people]) == [True] * len(people)
    assert not Entry.objects.filter(is_folded=False).exists()
    assert not api.compare_course(plain_course, is_repair=False)


def test_bars_locked_in_another_order_do_deadlock() -> None:
    """The twin of the two tests above: the order is what keeps them from deadlocking."""
    statements.add_to_bars([(1, 5), (2, 5)])
    between = threading.Barrier(2)

    def change(first: int, second: int) -> None:
        with transaction.atomic():
            statements.add_to_bars([(first, 1)])
            between.wait(timeout=10)
            statements.add_to_bars([(second, 1)])

    results = at_once(lambda: change(1, 2), lambda: change(2, 1))
    errors = [error for error in results if isinstance(error, OperationalError)]
    assert [error.args[0] for error in errors] == [1213]


def test_a_revision_delivered_twice_at_once_is_one_line(person: int, plain_course: CourseKey, record: Do) -> None:
    results = at_once(*[lambda: record(person, source="case:1")] * 4)
    assert sorted(results) == [False, False, False, True]
    assert Entry.objects.count() == 1
    assert Total.objects.get().points == 10


def test_a_course_gets_one_number(settings: Any) -> None:
    key = CourseKey.from_string("course-v1:Other+C+1")
    numbers = at_once(*[lambda: courses.get_number(key)] * 4)
    assert len(set(numbers)) == 1
    assert PointsCourse.objects.count() == 1


def test_hiding_and_earning_at_once_leave_a_right_board(enrol: Do, plain_course: CourseKey, record: Do) -> None:
    people = [enrol() for _ in range(6)]
    for user_id in people:
        record(user_id)
        choose_name(user_id=user_id, surface="board", context_key=str(plain_course), choice="hidden")

    def hide(user_id: int) -> None:
        api.refresh_board_row(user_id=user_id, course_key=plain_course)

    works = [lambda user_id=user_id: hide(user_id) for user_id in people]
    works += [lambda user_id=user_id: record(user_id) for user_id in people]
    assert not [result for result in at_once(*works) if isinstance(result, Exception)]
    assert api.list_board(plain_course).total == 0
    assert not api.compare_course(plain_course, is_repair=False)


def test_comparing_beside_running_folds_breaks_nothing(enrol: Do, plain_course: CourseKey, record: Do) -> None:
    people = [enrol() for _ in range(4)]

    def earn(user_id: int) -> None:
        for _ in range(15):
            record(user_id)

    def compare() -> None:
        for _ in range(8):
            api.compare_course(plain_course, is_repair=True)

    works = [lambda user_id=user_id: earn(user_id) for user_id in people]
    assert at_once(*works, compare) == [None] * 5
    api.sweep_entries(min_age_seconds=0)
    assert not api.compare_course(plain_course, is_repair=False)
    assert sorted(Total.objects.values_list("points", flat=True)) == [150] * 4


@pytest.mark.parametrize("name", ["update_total", "add_to_bars", "mark_folded"])
def test_a_connection_lost_while_folding_leaves_nothing_half_done(
    person: int, plain_course: CourseKey, record: Do, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    record(person)
    real = getattr(statements, name)

    def then_lost(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        number = connection.connection.thread_id()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(kill, number).result()

    def kill(number: int) -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute(f"KILL {number}")
        connections["default"].close()

    with monkeypatch.context() as patch:
        patch.setattr(statements, name, then_lost)
        assert record(person) is True, "the request does not notice"
    connection.close()
    assert Entry.objects.filter(is_folded=False).count() == 1
    assert Total.objects.get().points == 10
    assert api.get_standing(person, plain_course).points == 20
    api.sweep_entries(min_age_seconds=0)
    assert Total.objects.get().points == 20
    assert not api.compare_course(plain_course, is_repair=False)
