"""What gamification's gateway promises, asked of the service that runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.urls import resolve
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from gamification import edx_platform

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

covers = pytest.mark.covers
ELSEWHERE = CourseKey.from_string("course-v1:contract+nothing+here")


def leave(user: Any, course_key: CourseKey) -> None:
    from common.djangoapps.student.models import CourseEnrollment

    CourseEnrollment.unenroll(user, course_key)


def complete(user: Any, block_key: Any) -> None:
    from completion.models import BlockCompletion

    BlockCompletion.objects.update_or_create(
        user=user,
        context_key=block_key.course_key,
        block_key=block_key,
        defaults={"completion": 1.0, "block_type": block_key.block_type},
    )


@covers("is_enrolled", "list_enrolled")
def test_enrolment(place: Any) -> None:
    everybody = [place.learner.id, place.classmate.id, place.teacher.id, place.outsider.id]
    assert edx_platform.list_enrolled(everybody, place.course_key) >= {place.learner.id, place.classmate.id}
    assert not edx_platform.is_enrolled(place.outsider.id, place.course_key)
    assert edx_platform.is_enrolled(place.learner.id, place.course_key)
    assert not edx_platform.is_enrolled(place.learner.id, ELSEWHERE)
    leave(place.learner, place.course_key)
    assert not edx_platform.is_enrolled(place.learner.id, place.course_key)


@covers("is_course_team", "list_course_team")
def test_course_team(place: Any) -> None:
    from common.djangoapps.student.models import CourseAccessRole

    people = [place.learner.id, place.teacher.id, place.outsider.id]
    assert edx_platform.list_course_team(people, place.course_key) == {place.teacher.id}
    assert edx_platform.is_course_team(place.teacher.id, place.course_key)
    assert not edx_platform.is_course_team(place.teacher.id, ELSEWHERE.replace(org="other"))
    CourseAccessRole.objects.create(user=place.outsider, org=place.course_key.org, role="staff")
    assert edx_platform.is_course_team(place.outsider.id, place.course_key)


@covers("can_load_course", "access_course")
def test_access(place: Any) -> None:
    assert edx_platform.can_load_course(place.learner.id, place.course_key)
    assert not edx_platform.can_load_course(place.learner.id, ELSEWHERE)
    course = edx_platform.access_course(place.learner, place.course_key)
    assert course.id == place.course_key
    with pytest.raises(Http404):
        edx_platform.access_course(place.learner, ELSEWHERE)


@covers("can_load_course")
def test_a_course_that_has_not_begun(place: Any) -> None:
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    CourseOverview.objects.filter(id=place.course_key).update(start=timezone.now() + timedelta(days=7))
    assert not edx_platform.can_load_course(place.learner.id, place.course_key)
    assert edx_platform.can_load_course(place.teacher.id, place.course_key)


@covers("course_title")
def test_title(place: Any) -> None:
    assert edx_platform.course_title(place.course_key) == "A course to ask about"
    assert edx_platform.course_title(ELSEWHERE) == str(ELSEWHERE)


@pytest.mark.only_lms
@covers("course_home_url", "unit_url")
def test_addresses(place: Any) -> None:
    assert resolve(edx_platform.course_home_url(place.course_key)).kwargs["course_id"] in {
        place.course_key,
        str(place.course_key),
    }
    assert resolve(edx_platform.unit_url(place.course_key, place.unit_key)).url_name == "jump_to"


@covers("find_finished_unit")
def test_a_finished_unit(place: Any) -> None:
    def find() -> Any:
        return edx_platform.find_finished_unit(
            place.learner.id, place.text_key, without_types=["case_discussion", "points_panel"]
        )

    assert find() is None
    complete(place.classmate, place.text_key)
    assert find() is None
    complete(place.learner, place.text_key)
    unit = find()
    assert unit.usage_key == str(place.unit_key)
    assert unit.url == edx_platform.unit_url(place.course_key, place.unit_key)
    whole = edx_platform.find_finished_unit(place.learner.id, place.text_key, without_types=[])
    assert whole is None, "the case beside the text is not finished"
