"""The board: exact ranks with ties, who is on it, and rows that move in and out."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opaque_keys.edx.keys import CourseKey

from common.djangoapps.student.models import CourseAccessRole, CourseEnrollment
from gamification import api, statements
from gamification.models import Bucket, Listing, Total

from .conftest import undone

Do = Callable[..., Any]


def give(user_id: int, course_key: CourseKey, points: int, *, key: str = "gift") -> None:
    api.adjust_points(
        actor_id=1, user_id=user_id, course_key=course_key, points=points, reason="Test", request_key=f"{key}{user_id}"
    )
    api.fold_pending(user_id=user_id, course_key=course_key)


@pytest.fixture
def board(enrol: Do, plain_course: CourseKey) -> Callable[..., list[int]]:
    """Return a maker of a board: people with these points, by their ids."""

    def make(*points: int) -> list[int]:
        people = [enrol() for _ in points]
        for user_id, number in zip(people, points, strict=True):
            if number:
                give(user_id, plain_course, number)
        return people

    return make


def ranks(course_key: CourseKey) -> dict[int, int]:
    return {row.user_id: row.rank for row in api.list_board(course_key).rows}


def test_equal_points_share_the_better_place(board: Do, plain_course: CourseKey) -> None:
    a, b, c, d, e = board(388, 412, 388, 371, 64)
    assert ranks(plain_course) == {b: 1, a: 2, c: 2, d: 4, e: 5}
    assert [api.get_rank(user_id, plain_course) for user_id in (a, b, c, d, e)] == [2, 1, 2, 4, 5]


def test_a_page_starts_with_the_right_rank_inside_a_tie(board: Do, plain_course: CourseKey) -> None:
    board(9, 7, 7, 7, 7, 3)
    pages = [api.list_board(plain_course, page=number, page_size=2) for number in (1, 2, 3, 4)]
    assert [[row.rank for row in page.rows] for page in pages] == [[1, 2], [2, 2], [2, 6], []]
    assert {page.total for page in pages} == {6}
    assert {page.pages for page in pages} == {3}
    listed = [row.user_id for page in pages for row in page.rows]
    assert len(set(listed)) == 6


def test_pages_are_limited(board: Do, plain_course: CourseKey, settings: Any) -> None:
    settings.GAMIFICATION_BOARD_MAX_PAGES = 2
    board(5, 4, 3)
    assert api.list_board(plain_course, page=2, page_size=1).pages == 2
    assert api.list_board(plain_course, page=3, page_size=1).rows == []


def test_without_points_there_is_no_place(board: Do, plain_course: CourseKey) -> None:
    (nobody,) = board(0)
    standing = api.get_standing(nobody, plain_course)
    assert (standing.points, standing.rank, standing.board_size, standing.listing) == (0, None, 0, "none")
    assert api.list_board(plain_course).rows == []
    around = api.list_around(plain_course, nobody)
    assert (around.rows, around.before, around.after) == ([], 0, 0)


def test_around_me_are_those_just_above_and_below(board: Do, plain_course: CourseKey) -> None:
    people = board(90, 80, 70, 60, 50, 50, 50, 40, 30, 20)
    me = people[4]
    around = api.list_around(plain_course, me, places=2)
    assert [row.points for row in around.rows] == [70, 60, 50, 50, 50]
    assert [row.rank for row in around.rows] == [3, 4, 5, 5, 5]
    assert around.rows[2].user_id == me, "among equals I am first"
    assert (around.before, around.after) == (2, 3)


def test_around_the_first_and_the_last(board: Do, plain_course: CourseKey) -> None:
    people = board(30, 20, 10)
    assert [row.user_id for row in api.list_around(plain_course, people[0], places=1).rows] == people[:2]
    last = api.list_around(plain_course, people[2], places=1)
    assert ([row.user_id for row in last.rows], last.before, last.after) == (people[1:], 1, 0)


def test_the_hidden_leave_and_keep_a_place_of_their_own(
    board: Do, plain_course: CourseKey, django_capture_on_commit_callbacks: Do
) -> None:
    a, b, c = board(30, 20, 10)
    with django_capture_on_commit_callbacks(execute=True):
        api.choose_board_name(user_id=b, course_key=plain_course, choice="hidden")
    assert ranks(plain_course) == {a: 1, c: 2}
    standing = api.get_standing(b, plain_course)
    assert (standing.rank, standing.is_listed, standing.listing, standing.board_size) == (2, False, "hidden", 2)
    around = api.list_around(plain_course, b, places=2)
    assert [(row.user_id, row.rank) for row in around.rows] == [(a, 1), (b, 2), (c, 2)]
    assert (around.before, around.after) == (0, 0)
    assert [row.user_id for row in api.list_around(plain_course, a, places=2).rows] == [a, c]
    with django_capture_on_commit_callbacks(execute=True):
        api.choose_board_name(user_id=b, course_key=plain_course, choice="name")
    assert ranks(plain_course) == {a: 1, b: 2, c: 3}


def test_who_hides_first_never_shows_up(board: Do, plain_course: CourseKey, record: Do, fold: Do) -> None:
    (person,) = board(0)
    api.choose_board_name(user_id=person, course_key=plain_course, choice="hidden")
    record(person)
    fold(person)
    assert api.list_board(plain_course).rows == []


def test_leaving_the_course_leaves_the_board_and_coming_back_returns(
    board: Do, plain_course: CourseKey, course_events: Do
) -> None:
    a, b = board(30, 20)
    course_events(a, is_active=False)
    assert ranks(plain_course) == {b: 1}
    assert api.get_standing(a, plain_course).listing == "left"
    assert api.get_rank(a, plain_course) is None
    course_events(a, is_active=True)
    assert ranks(plain_course) == {a: 1, b: 2}


@pytest.fixture
def course_events(plain_course: CourseKey, django_capture_on_commit_callbacks: Do) -> Do:
    """Return a way to enrol or leave that sends what the platform sends."""
    from openedx_events.learning.data import CourseData, CourseEnrollmentData, UserData, UserPersonalData
    from openedx_events.learning.signals import COURSE_ENROLLMENT_CHANGED

    def change(user_id: int, *, is_active: bool) -> None:
        row = CourseEnrollment.objects.get(user_id=user_id, course_id=plain_course)
        with django_capture_on_commit_callbacks(execute=True):
            CourseEnrollment.objects.filter(pk=row.pk).update(is_active=is_active)
            COURSE_ENROLLMENT_CHANGED.send_event(
                enrollment=CourseEnrollmentData(
                    user=UserData(id=user_id, is_active=True, pii=UserPersonalData(username="x", email="", name="")),
                    course=CourseData(course_key=plain_course, display_name=""),
                    mode="audit",
                    is_active=is_active,
                    creation_date=row.created,
                )
            )

    return change


@pytest.mark.parametrize("scope", ["course", "organisation"])
def test_the_course_team_does_not_compete(
    board: Do, plain_course: CourseKey, django_capture_on_commit_callbacks: Do, scope: str
) -> None:
    a, b = board(30, 20)
    where = {"course_id": plain_course, "org": ""} if scope == "course" else {"org": plain_course.org}
    with django_capture_on_commit_callbacks(execute=True):
        role = CourseAccessRole.objects.create(user_id=a, role="staff", **where)
    assert ranks(plain_course) == {b: 1}
    assert api.get_standing(a, plain_course).listing == "team"
    with django_capture_on_commit_callbacks(execute=True):
        role.delete()
    assert ranks(plain_course) == {a: 1, b: 2}


def test_a_role_elsewhere_changes_nothing(
    board: Do, plain_course: CourseKey, django_capture_on_commit_callbacks: Do
) -> None:
    a, b = board(30, 20)
    other = CourseKey.from_string("course-v1:Other+C+1")
    with django_capture_on_commit_callbacks(execute=True):
        CourseAccessRole.objects.create(user_id=a, role="staff", course_id=other)
        CourseAccessRole.objects.create(user_id=b, role="beta_testers", course_id=plain_course)
    assert ranks(plain_course) == {a: 1, b: 2}


def test_retirement_is_for_good_and_erases_words(
    board: Do, plain_course: CourseKey, record: Do, fold: Do, django_capture_on_commit_callbacks: Do
) -> None:
    from openedx.core.djangoapps.user_api.accounts.signals import USER_RETIRE_LMS_MISC

    a, b = board(30, 20)
    record(a, title="A case about me", url="/x")
    fold(a)
    with django_capture_on_commit_callbacks(execute=True):
        USER_RETIRE_LMS_MISC.send(sender=None, user=User.objects.get(pk=a))
    assert ranks(plain_course) == {b: 1}
    assert all(not entry.title and not entry.url for entry in api.list_entries(a, plain_course).entries)
    assert "Test" not in " ".join(entry.reason for entry in api.list_entries(a, plain_course).entries)
    api.compare_course(plain_course, is_repair=True)
    assert Total.objects.get(user_id=a).listing == Listing.RETIRED
    assert Total.objects.get(user_id=a).points == 40


def test_taking_points_below_one_leaves_the_board(board: Do, plain_course: CourseKey) -> None:
    a, b = board(3, 2)
    give(a, plain_course, -5, key="minus")
    assert ranks(plain_course) == {b: 1}
    assert api.get_standing(a, plain_course).rank is None
    assert api.get_standing(a, plain_course).points == -2
    assert not api.compare_course(plain_course, is_repair=False)


def test_an_unfolded_loss_is_ranked_without_counting_oneself(board: Do, plain_course: CourseKey) -> None:
    a, b = board(30, 20)
    api.adjust_points(actor_id=1, user_id=a, course_key=plain_course, points=-5, reason="Test", request_key="later")
    standing = api.get_standing(a, plain_course)
    assert (standing.points, standing.rank) == (25, 1)
    assert api.get_standing(b, plain_course).rank == 2


def test_courses_do_not_mix(board: Do, plain_course: CourseKey, enrol: Do) -> None:
    other = CourseKey.from_string("course-v1:Other+C+1")
    api.set_on(other, True, actor_id=None)
    a, b = board(30, 20)
    stranger = enrol(course_key=other)
    give(stranger, other, 99)
    assert ranks(plain_course) == {a: 1, b: 2}
    assert ranks(other) == {stranger: 1}


def test_a_page_costs_the_same_for_few_and_for_many(board: Do, plain_course: CourseKey) -> None:
    people = board(*[5] * 4)

    def count(work: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as queries:
            work()
        return len(queries)

    works = [
        lambda: api.list_board(plain_course),
        lambda: api.list_around(plain_course, people[0]),
        lambda: api.get_standing(people[0], plain_course),
        lambda: api.list_entries(people[0], plain_course),
        lambda: api.breakdown(people[0], plain_course),
    ]
    few = [count(work) for work in works]
    board(*[5] * 30)
    for number in range(30):
        give(people[0], plain_course, 1, key=f"more{number}-")
        give(people[0], plain_course, -1, key=f"less{number}-")
    assert [count(work) for work in works] == few


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(luck=st.randoms(use_true_random=False), size=st.integers(1, 12))
def test_the_histograms_rank_is_a_count_over_eligible_members(  # noqa: C901 - seven things that happen
    enrol: Do, plain_course: CourseKey, django_capture_on_commit_callbacks: Do, luck: random.Random, size: int
) -> None:
    with undone():
        people = [enrol() for _ in range(size)]

        def earn(user_id: int, step: int) -> None:
            points = luck.choice([1, 2, 63, 64, 65, 127, 128, 900, -1, -64, -300])
            give(user_id, plain_course, points, key=f"s{step}-")

        def hide(user_id: int, step: int) -> None:
            choice = luck.choice(["hidden", "name", "pseudonym"])
            api.choose_board_name(user_id=user_id, course_key=plain_course, choice=choice)

        def enrolment(user_id: int, step: int) -> None:
            CourseEnrollment.objects.filter(user_id=user_id).update(is_active=luck.random() < 0.5)
            api.refresh_board_row(user_id=user_id, course_key=plain_course)

        def role(user_id: int, step: int) -> None:
            if not CourseAccessRole.objects.filter(user_id=user_id).delete()[0]:
                CourseAccessRole.objects.create(user_id=user_id, role="instructor", course_id=plain_course)

        def retire(user_id: int, step: int) -> None:
            if luck.random() < 0.1:
                api.retire_person(user_id=user_id)

        for step in range(size * 4):
            with django_capture_on_commit_callbacks(execute=True):
                luck.choice([earn, earn, earn, hide, enrolment, role, retire])(luck.choice(people), step)

        rows = {row.user_id: row for row in Total.objects.all()}
        eligible = [row for row in rows.values() if row.listing == Listing.LISTED and row.points > 0]
        listed = api.list_board(plain_course, page_size=50)
        assert listed.total == len(eligible) == len(listed.rows)
        for user_id in people:
            standing, row = api.get_standing(user_id, plain_course), rows.get(user_id)
            above = sum(other.points > standing.points for other in eligible)
            competes = row is not None and row.points > 0 and row.listing in {Listing.LISTED, Listing.HIDDEN}
            assert standing.rank == (above + 1 if competes else None)
        for line in listed.rows:
            assert line.rank == 1 + sum(other.points > line.points for other in eligible)
        bars = Counter(bar for row in eligible for bar in statements.list_bars(row.course_id, row.points))
        assert {bar.pk: bar.members for bar in Bucket.objects.exclude(members=0)} == dict(bars)
        assert not api.compare_course(plain_course, is_repair=False)
