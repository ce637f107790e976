"""What the gateway of chapters promises of enrolments, results, certificates and accounts, asked of the service."""

from __future__ import annotations

from typing import Any

import pytest
from opaque_keys.edx.keys import CourseKey

from chapters.data import CertificateStanding
from chapters.edx_platform import accounts, certificates, enrolments, results

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

covers = pytest.mark.covers
ELSEWHERE = CourseKey.from_string("course-v1:contract+nothing+here")


@covers("list_enrolled_courses", "list_ever_enrolled")
def test_enrolments(place: Any) -> None:
    from common.djangoapps.student.models import CourseEnrollment

    people = [place.learner.id, place.classmate.id, place.outsider.id]
    assert enrolments.list_enrolled_courses(people)[place.learner.id] == {place.course_key}
    assert place.outsider.id not in enrolments.list_enrolled_courses(people, [place.course_key])
    assert not enrolments.list_enrolled_courses(people, [ELSEWHERE])
    CourseEnrollment.unenroll(place.learner, place.course_key)
    assert set(enrolments.list_enrolled_courses(people, [place.course_key])) == {place.classmate.id}
    ever = enrolments.list_ever_enrolled(place.course_key, after=0, limit=100)
    assert {place.learner.id, place.classmate.id} <= {user_id for _pk, user_id in ever}
    assert ever == sorted(ever)
    assert enrolments.list_ever_enrolled(place.course_key, after=ever[0][0], limit=1) == ever[1:2]


@covers("list_courses_of", "list_course_names")
def test_courses(place: Any) -> None:
    assert place.course_key in enrolments.list_courses_of([place.course_key.org])
    assert not enrolments.list_courses_of(["nobody-at-all"])
    assert enrolments.list_course_names([place.course_key, ELSEWHERE]) == {place.course_key: "A course to ask about"}


@covers("list_enrolled_courses")
def test_a_deleted_course_is_taken_by_nobody(place: Any) -> None:
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    CourseOverview.objects.filter(id=place.course_key).delete()
    assert not enrolments.list_enrolled_courses([place.learner.id], [place.course_key])


@covers("list_passed_courses")
def test_results(place: Any) -> None:
    from lms.djangoapps.grades.models import PersistentCourseGrade

    def grade(*, passed: bool) -> None:
        PersistentCourseGrade.update_or_create(
            place.learner.id,
            place.course_key,
            passed=passed,
            percent_grade=0.8 if passed else 0.1,
            letter_grade="Pass" if passed else "",
            grading_policy_hash="",
        )

    people = [place.learner.id, place.classmate.id]
    assert not results.list_passed_courses(people)
    grade(passed=True)
    assert results.list_passed_courses(people, [place.course_key]) == {place.learner.id: {place.course_key}}
    assert not results.list_passed_courses(people, [ELSEWHERE])
    grade(passed=False)
    assert PersistentCourseGrade.read(place.learner.id, place.course_key).passed_timestamp is not None
    assert not results.list_passed_courses(people)


@covers("list_certificates")
def test_certificates(place: Any) -> None:
    from lms.djangoapps.certificates.models import GeneratedCertificate

    row = GeneratedCertificate.objects.create(user=place.learner, course_id=place.course_key, status="downloadable")
    expected = {
        "downloadable": CertificateStanding.HELD,
        "unavailable": CertificateStanding.TAKEN_BACK,
        "invalidated": CertificateStanding.TAKEN_BACK,
        "notpassing": None,
        "unverified": None,
    }
    for status, standing in expected.items():
        GeneratedCertificate.objects.filter(pk=row.pk).update(status=status)
        found = certificates.list_certificates([place.learner.id], [place.course_key])
        assert found.get(place.learner.id, {}).get(place.course_key) is standing
    assert not certificates.list_certificates([place.classmate.id])


@covers("list_present")
def test_accounts(place: Any) -> None:
    people = [place.learner.id, place.classmate.id]
    assert accounts.list_present(people) == set(people)
    place.learner.is_active = False
    place.learner.save()
    place.classmate.username = f"retired__user_{place.classmate.id}"
    place.classmate.save()
    assert accounts.list_present(people) == set()
