"""Who passes a course gets a certificate and who falls below loses it; its page goes through the platform's filter."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth import get_user_model
from openedx_filters import PipelineStep

from embedded_host.courses import assets
from lms.djangoapps.certificates.models import GeneratedCertificate
from lms.djangoapps.courseware.courses import get_course_by_id
from lms.djangoapps.grades.course_grade_factory import CourseGradeFactory
from lms.djangoapps.grades.models import PersistentCourseGrade
from lms.djangoapps.grades.signals.signals import SCORE_PUBLISHED
from openedx.core.djangoapps.signals.signals import COURSE_GRADE_NOW_FAILED, COURSE_GRADE_NOW_PASSED

RENDERED = "org.openedx.learning.certificate.render.started.v1"


class SayMore(PipelineStep):
    """Adds a link, as markup, to the owner's banner."""

    def run_filter(self, context, custom_template):
        from django.utils.html import format_html

        added = format_html('{} <a href="/there">There</a>', context["accomplishment_banner_congrats"])
        return {"context": {**context, "accomplishment_banner_congrats": added}, "custom_template": custom_template}


@pytest.fixture
def policy(course):
    """Let the probe be the only graded work, and a policy that asks for two of its kind and drops none."""

    def write(**changed):
        path = assets.course_folder(course) / "beside/policies/run/grading_policy.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        grader = {"type": "Case", "min_count": 1, "drop_count": 0, "weight": 1.0} | changed
        path.write_text(json.dumps({"GRADER": [grader], "GRADE_CUTOFFS": {"Pass": 0.6, "Honours": 0.9}}))

    return write


@pytest.fixture
def score(course, probe_key, enrolled):
    """Return a function that publishes the learner's score of the probe, of ten."""
    block = get_course_by_id(course).runtime.get_block(probe_key)

    def publish(earned):
        SCORE_PUBLISHED.send(
            sender=None, block=block, user=enrolled, raw_earned=earned, raw_possible=10, only_if_higher=False
        )
        return GeneratedCertificate.certificate_for_student(enrolled, course)

    return publish


def test_passing_gives_a_certificate_and_falling_below_takes_it(course, enrolled, policy, score):
    policy()
    heard = []
    for signal, word in ((COURSE_GRADE_NOW_PASSED, "passed"), (COURSE_GRADE_NOW_FAILED, "failed")):
        signal.connect(lambda word=word, **_: heard.append(word), weak=False, dispatch_uid=f"test {word}")
    try:
        assert score(5) is None
        first = score(7)
        assert (first.status, first.name) == ("downloadable", "Ada Byron")
        assert score(4).status == "notpassing"
        again = score(10)
    finally:
        for signal, word in ((COURSE_GRADE_NOW_PASSED, "passed"), (COURSE_GRADE_NOW_FAILED, "failed")):
            signal.disconnect(dispatch_uid=f"test {word}")
    assert (again.pk, again.status) == (first.pk, "downloadable")
    assert heard == ["failed", "passed", "failed", "passed"]
    stored = PersistentCourseGrade.read(enrolled.id, course)
    assert (stored.percent_grade, stored.letter_grade) == (1.0, "Honours")
    assert stored.passed_timestamp is not None


@pytest.mark.parametrize(("changed", "percent"), [({"min_count": 2}, 0.4), ({"weight": 0.5}, 0.4), ({}, 0.8)])
def test_the_policy_says_what_work_weighs(course, enrolled, policy, score, changed, percent):
    policy(**changed)
    score(8)
    assert PersistentCourseGrade.read(enrolled.id, course).percent_grade == pytest.approx(percent)


def test_who_is_not_enrolled_gets_none(course, policy, score, enrolled):
    from common.djangoapps.student.models import CourseEnrollment

    policy()
    CourseEnrollment.unenroll(enrolled, course)
    assert score(9) is None


def test_a_course_without_graded_work_has_no_grades(course, enrolled):
    from embedded_host.courses.store import CourseStore
    from embedded_host.models import Branch

    store = CourseStore(Branch.DRAFT)
    part = course.make_usage_key("sequential", "first")
    store.set_fields(part, {"graded": False})
    store.publish(part)
    assert CourseGradeFactory().update(enrolled, course) is None
    assert not PersistentCourseGrade.objects.exists()


def test_the_page_is_public_and_its_banner_is_the_owners(client, settings, policy, score, enrolled):
    policy()
    certificate = score(9)
    settings.OPEN_EDX_FILTERS_CONFIG = {
        RENDERED: {"pipeline": ["tests.host.test_certificates.SayMore"], "fail_silently": False}
    }
    url = f"/certificates/{certificate.verify_uuid}"
    public = client.get(url).content.decode()
    assert "Ada Byron completed" in public
    assert "/there" not in public
    client.force_login(enrolled)
    assert '<a href="/there">There</a>' in client.get(url).content.decode()
    score(1)
    assert client.get(url).status_code == 404
    assert get_user_model().objects.count() == 1
