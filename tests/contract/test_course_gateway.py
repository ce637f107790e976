"""What the gateway of discussions promises about due dates, cohorts and units, asked of the service that runs."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import edx_platform

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

covers = pytest.mark.covers
IS_HOST = os.environ.get("DJANGO_SETTINGS_MODULE", "").startswith("embedded_host.")
ELSEWHERE = CourseKey.from_string("course-v1:contract+nothing+here")
DUE = datetime(2026, 3, 2, 12, tzinfo=UTC)


def subsection(place: Any) -> UsageKey:
    """Return the key of the subsection that the place's unit stands in."""
    return place.course_key.make_usage_key("sequential", "sequential")


def set_due(place: Any, usage_key: UsageKey, due: datetime | None, *, user: Any = None) -> None:
    """Set a due date as the platform does: at publish for everybody, by the extension tool for one."""
    from edx_when import api

    api.set_date_for_block(place.course_key, usage_key, "due", due, user=user)


@covers("individual_due_shift", "individual_due_shifts")
def test_own_due_dates(place: Any, django_assert_max_num_queries: Any) -> None:
    people = [place.learner.id, place.classmate.id]

    def shifts() -> Any:
        return edx_platform.individual_due_shifts(usage_key=place.case_key, user_ids=people)

    assert shifts() == {}, "nothing is due"
    set_due(place, subsection(place), DUE)
    assert shifts() == {}, "nobody has a date of their own"
    set_due(place, subsection(place), DUE + timedelta(days=3), user=place.learner)
    with django_assert_max_num_queries(3 if IS_HOST else 8):  # two of ours, the rest finds the blocks above
        assert shifts() == {place.learner.id: timedelta(days=3)}
    set_due(place, subsection(place), DUE + timedelta(days=5), user=place.learner)
    set_due(place, subsection(place), DUE + timedelta(days=1), user=place.classmate)
    assert shifts() == {place.learner.id: timedelta(days=5), place.classmate.id: timedelta(days=1)}
    assert edx_platform.individual_due_shift(usage_key=place.case_key, user_id=place.learner.id) == timedelta(days=5)
    assert edx_platform.individual_due_shift(usage_key=place.case_key, user_id=place.outsider.id) is None
    set_due(place, subsection(place), None, user=place.learner)
    assert shifts() == {place.classmate.id: timedelta(days=1)}, "the extension was taken back"


@covers("individual_due_shifts")
def test_the_nearest_due_date_holds(place: Any) -> None:
    def shift() -> Any:
        return edx_platform.individual_due_shift(usage_key=place.case_key, user_id=place.learner.id)

    set_due(place, subsection(place), DUE)
    set_due(place, subsection(place), DUE + timedelta(days=3), user=place.learner)
    set_due(place, place.case_key, DUE - timedelta(days=1))
    assert shift() is None, "the block's own date is everybody's"
    set_due(place, place.case_key, DUE + timedelta(days=1), user=place.learner)
    assert shift() == timedelta(days=2)


@covers("individual_due_shifts")
def test_a_date_taken_out_of_the_course_moves_nothing(place: Any) -> None:
    from edx_when.api import set_dates_for_course

    set_due(place, subsection(place), DUE)
    set_due(place, subsection(place), DUE + timedelta(days=3), user=place.learner)
    set_dates_for_course(place.course_key, [])
    assert edx_platform.individual_due_shift(usage_key=place.case_key, user_id=place.learner.id) is None


@covers("individual_due_shift")
def test_a_block_that_is_gone_has_no_dates(place: Any) -> None:
    for course_key in (place.course_key, ELSEWHERE):
        gone = course_key.make_usage_key("case_discussion", "gone")
        assert edx_platform.individual_due_shift(usage_key=gone, user_id=place.learner.id) is None


@covers("joined_at")
def test_since_when(place: Any) -> None:
    from common.djangoapps.student.models import CourseEnrollment

    people = [place.learner.id, place.classmate.id, place.outsider.id]
    joined = edx_platform.joined_at(course_key=place.course_key, user_ids=people)
    assert set(joined) == {place.learner.id, place.classmate.id}
    assert all(timedelta() <= datetime.now(UTC) - moment < timedelta(hours=1) for moment in joined.values())
    CourseEnrollment.unenroll(place.classmate, place.course_key)
    assert set(edx_platform.joined_at(course_key=place.course_key, user_ids=people)) == {place.learner.id}


@covers("list_cohorts", "cohorts_of", "list_cohort_members")
def test_cohorts_of_a_course(place: Any) -> None:
    from common.djangoapps.student.models import CourseEnrollment
    from openedx.core.djangoapps.course_groups import cohorts

    people = [place.learner.id, place.classmate.id]
    mornings, evenings = (cohorts.add_cohort(place.course_key, name, "manual") for name in ("Mornings", "Evenings"))
    cohorts.add_user_to_cohort(mornings, place.learner.username)
    assert edx_platform.list_cohorts(place.course_key) == []
    assert edx_platform.cohorts_of(place.course_key, people) == {}
    cohorts.set_course_cohorted(place.course_key, True)
    assert [(cohort.id, cohort.name) for cohort in edx_platform.list_cohorts(place.course_key)] == [
        (evenings.id, "Evenings"),
        (mornings.id, "Mornings"),
    ]
    assert edx_platform.cohorts_of(place.course_key, people) == {place.learner.id: mornings.id}
    cohorts.add_user_to_cohort(mornings, place.classmate.username)
    first, second = sorted(people)
    assert edx_platform.list_cohort_members(mornings.id) == [first, second]
    assert edx_platform.list_cohort_members(mornings.id, limit=1) == [first]
    assert edx_platform.list_cohort_members(mornings.id, after=first) == [second]
    cohorts.add_user_to_cohort(evenings, place.classmate.username)
    assert edx_platform.list_cohort_members(mornings.id) == [place.learner.id]
    CourseEnrollment.unenroll(place.classmate, place.course_key)
    assert edx_platform.list_cohort_members(evenings.id) == []


@covers("list_cohorts")
def test_moving_between_cohorts_is_told(place: Any) -> None:
    from openedx.core.djangoapps.course_groups import cohorts
    from openedx.core.djangoapps.course_groups.signals.signals import COHORT_MEMBERSHIP_UPDATED

    told: list[tuple[int, CourseKey]] = []

    def on_told(*, user: Any, course_key: CourseKey, **_: Any) -> None:
        told.append((user.id, course_key))

    cohorts.set_course_cohorted(place.course_key, True)
    mornings, evenings = (cohorts.add_cohort(place.course_key, name, "manual") for name in ("Mornings", "Evenings"))
    COHORT_MEMBERSHIP_UPDATED.connect(on_told)
    try:
        cohorts.add_user_to_cohort(mornings, place.learner.username)
        cohorts.add_user_to_cohort(evenings, place.learner.username)
        cohorts.remove_user_from_cohort(evenings, place.learner.username)
    finally:
        COHORT_MEMBERSHIP_UPDATED.disconnect(on_told)
    assert told == [(place.learner.id, place.course_key)] * 3


@covers("list_units", "unit_of_block")
def test_units_of_a_course(place: Any) -> None:
    (unit,) = edx_platform.list_units(place.course_key)
    assert unit.block_id == place.unit_key.block_id
    assert unit.title
    assert len(unit.path) == 2
    assert edx_platform.list_units(ELSEWHERE) == []
    for key in (place.case_key, place.unit_key):
        assert edx_platform.unit_of_block(key) == place.unit_key.block_id
    assert edx_platform.unit_of_block(subsection(place)) is None
    assert edx_platform.unit_of_block(ELSEWHERE.make_usage_key("html", "gone")) is None


@pytest.mark.only_lms
@covers("units_done")
def test_finished_units(place: Any, django_assert_max_num_queries: Any) -> None:
    if not edx_platform.is_completion_tracked():
        pytest.skip("This site does not track completion.")
    unit, people = place.unit_key.block_id, [place.learner.id, place.classmate.id]

    def done(**options: Any) -> Any:
        return edx_platform.units_done(
            course_key=place.course_key, unit_ids=[unit, "not_there"], user_ids=people, **options
        )

    def complete(usage_key: UsageKey, completion: float) -> None:
        edx_platform.publish_completion(user_id=place.learner.id, usage_key=usage_key, completion=completion)

    assert done() == {}
    complete(place.text_key, 1.0)
    assert done() == {}, "the case beside the text is not finished"
    assert set(done(without_types=["case_discussion"])) == {(unit, place.learner.id)}
    complete(place.case_key, 0.5)
    assert done() == {}
    before = datetime.now(UTC)
    complete(place.case_key, 1.0)
    with django_assert_max_num_queries(2 if IS_HOST else 8):  # one of ours, the rest finds the blocks
        finished = done()
    assert set(finished) == {(unit, place.learner.id)}
    assert finished[unit, place.learner.id] >= before, "the moment is that of the last completion"
    complete(place.text_key, 0.0)
    assert done() == {}


@covers("identify_learners", "identify_hosts", "search_learners", "list_logins")
def test_people_by_what_is_typed(place: Any) -> None:
    learner, outsider = place.learner, place.outsider
    asked = [learner.username.upper(), learner.email, outsider.username, "nobody at all", ""]
    key = place.course_key
    assert edx_platform.identify_learners(key, asked) == dict.fromkeys(asked[:2], learner.id)
    assert edx_platform.identify_hosts(key, asked) == dict.fromkeys(asked[:2], learner.id), "no part in the course"
    assert learner.id in edx_platform.search_learners(key, learner.username[:-1])
    assert edx_platform.search_learners(key, outsider.username) == []
    assert edx_platform.search_learners(key, "  ") == []
    assert edx_platform.list_logins([learner.id, 0]) == {learner.id: (learner.username, learner.email)}


@covers("is_active_account")
def test_accounts_in_use(place: Any) -> None:
    assert edx_platform.is_active_account(place.learner.id)
    type(place.learner).objects.filter(pk=place.learner.id).update(is_active=False)
    assert not edx_platform.is_active_account(place.learner.id)
    assert not edx_platform.is_active_account(0)


@covers("can_load_course", "access_course")
def test_who_may_enter(place: Any) -> None:
    from django.http import Http404

    assert edx_platform.can_load_course(place.learner.id, place.course_key)
    assert not edx_platform.can_load_course(place.learner.id, ELSEWHERE)
    assert edx_platform.access_course(place.learner, place.course_key).id == place.course_key
    with pytest.raises(Http404):
        edx_platform.access_course(place.learner, ELSEWHERE)


@pytest.mark.only_lms
@covers("course_home_url")
def test_pages_of_a_course(place: Any) -> None:
    from django.urls import resolve

    found = resolve(edx_platform.course_home_url(place.course_key)).kwargs["course_id"]
    assert found in {place.course_key, str(place.course_key)}
