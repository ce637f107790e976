"""What the gateway of discussions promises about people, content and grades, asked of the service that runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.urls import resolve
from opaque_keys.edx.keys import CourseKey

from discussion_ext import edx_platform

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

covers = pytest.mark.covers
ELSEWHERE = CourseKey.from_string("course-v1:contract+nothing+here")


@pytest.fixture
def tracked_completion(place: Any) -> None:
    """Ask a site that tracks completion: its switch is not ours to turn."""
    if not edx_platform.is_completion_tracked():
        pytest.skip("This site does not track completion.")


@covers("is_enrolled", "is_learner", "is_course_team")
def test_who_is_who(place: Any) -> None:
    asked = (edx_platform.is_enrolled, edx_platform.is_learner, edx_platform.is_course_team)
    assert [ask(place.learner.id, place.course_key) for ask in asked] == [True, True, False]
    assert [ask(place.outsider.id, place.course_key) for ask in asked] == [False, False, False]
    assert edx_platform.is_course_team(place.teacher.id, place.course_key)
    assert not edx_platform.is_learner(place.teacher.id, place.course_key)
    get_user_model().objects.filter(pk=place.outsider.id).update(is_staff=True)
    assert edx_platform.is_course_team(place.outsider.id, place.course_key)


@covers("count_learners", "list_learner_ids", "list_teachers")
def test_learners(place: Any) -> None:
    from common.djangoapps.student.models import CourseEnrollment

    CourseEnrollment.enroll(place.teacher, place.course_key)
    both = sorted([place.learner.id, place.classmate.id])
    assert list(edx_platform.list_teachers(place.course_key).values_list("user_id", flat=True)) == [place.teacher.id]
    assert edx_platform.list_learner_ids(place.course_key) == both
    assert edx_platform.list_learner_ids(place.course_key, after=both[0]) == both[1:]
    assert edx_platform.list_learner_ids(place.course_key, offset=1, limit=1) == both[1:]
    assert edx_platform.count_learners(place.course_key) == 2
    without = get_user_model().objects.filter(pk=both[0]).values("pk")
    assert edx_platform.count_learners(place.course_key, without=without) == 1


@covers("cohort_id")
def test_cohort(place: Any) -> None:
    from openedx.core.djangoapps.course_groups import cohorts

    assert edx_platform.cohort_id(place.learner.id, place.course_key) == 0
    cohorts.set_course_cohorted(place.course_key, True)
    mornings = cohorts.add_cohort(place.course_key, "Mornings", "manual")
    cohorts.add_user_to_cohort(mornings, place.learner.username)
    assert edx_platform.cohort_id(place.learner.id, place.course_key) == mornings.id
    assert edx_platform.cohort_id(2_000_000_000, place.course_key) == 0


@covers("current_user_id", "current_request_of")
def test_whose_request_it_is(place: Any, request_of: Any) -> None:
    assert edx_platform.current_user_id() is None
    request = request_of(place.learner)
    assert edx_platform.current_user_id() == place.learner.id
    assert edx_platform.current_request_of(place.learner.id) is request
    assert edx_platform.current_request_of(place.classmate.id) is None


@covers("list_task_configurations")
def test_cases_of_a_course(place: Any) -> None:
    ((key, config),) = edx_platform.list_task_configurations(place.course_key)
    assert key == place.case_key
    assert config.position_min > 0
    assert list(edx_platform.list_task_configurations(ELSEWHERE)) == []


@covers("list_topics", "get_course_title", "list_courses_ended_before")
def test_a_course(place: Any) -> None:
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    assert [(topic.id, topic.title) for topic in edx_platform.list_topics(place.course_key)] == [
        ("introductions", "Introductions")
    ]
    assert edx_platform.list_topics(ELSEWHERE) == []
    assert edx_platform.get_course_title(place.course_key) == "A course to ask about"
    assert edx_platform.get_course_title(ELSEWHERE) == ""
    end = datetime(2021, 1, 1, tzinfo=UTC)
    assert place.course_id not in edx_platform.list_courses_ended_before(end)
    CourseOverview.objects.filter(id=place.course_key).update(end=datetime(2020, 6, 1, tzinfo=UTC))
    assert place.course_id in edx_platform.list_courses_ended_before(end)


@covers("publish_score")
def test_a_score_reaches_the_grade_book(place: Any) -> None:
    from lms.djangoapps.courseware.models import StudentModule

    for earned in (7.0, 4.0):  # a lower one too
        edx_platform.publish_score(user_id=place.learner.id, usage_key=place.case_key, earned=earned, possible=10.0)
        state = StudentModule.objects.get(student_id=place.learner.id, module_state_key=place.case_key)
        assert (state.grade, state.max_grade) == (earned, 10.0)


@covers("publish_completion", "is_completion_tracked")
def test_completion(place: Any, tracked_completion: None) -> None:
    from completion.models import BlockCompletion

    assert edx_platform.is_completion_tracked()
    for completion in (0.5, 1.0, 0.25):
        edx_platform.publish_completion(user_id=place.learner.id, usage_key=place.case_key, completion=completion)
        row = BlockCompletion.objects.get(user_id=place.learner.id, block_key=place.case_key)
        assert (row.completion, row.context_key) == (completion, place.course_key)


@pytest.mark.only_lms
@covers("block_url", "thread_url")
def test_addresses(place: Any) -> None:
    block = edx_platform.block_url(place.course_id, str(place.case_key))
    assert resolve(block).url_name == "jump_to"
    thread = edx_platform.thread_url(place.course_id, "introductions", "thread:12")
    found = resolve(thread)
    assert (found.url_name, found.kwargs["thread_id"]) == ("single_thread", "12")
