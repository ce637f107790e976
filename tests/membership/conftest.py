"""A chapter with course rules, the courses, and what happens to people in them: as the platform tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from opaque_keys.edx.keys import CourseKey

from chapters.data import Audience, ChapterData, IntroductionData
from people import api as people
from tests.chapters.factories import make_account, make_chapter, make_rule

TEAMS = CourseKey.from_string("course-v1:Meridian+LT1+2026")
TALKS = CourseKey.from_string("course-v1:Meridian+HT2+2026")
OTHER = CourseKey.from_string("course-v1:Elsewhere+X1+2026")

ME = IntroductionData(
    position="Team lead",
    place="Nairobi",
    skills="feedback, hiring",
    why="To practise hard talks",
    hobbies="climbing",
)


@pytest.fixture
def courses(db: None) -> tuple[CourseKey, CourseKey, CourseKey]:
    """Return three courses, two of them of one organization."""
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    for key, name in ((TEAMS, "Leading Teams"), (TALKS, "Hard Talks"), (OTHER, "Elsewhere")):
        CourseOverview.objects.create(id=key, org=key.org, display_name=name)
    return TEAMS, TALKS, OTHER


@pytest.fixture
def chapter(courses: Any) -> ChapterData:
    """Return a chapter in Nairobi for anybody, with a board for learners and one for alumni of one course."""
    found = make_chapter()
    make_rule(found, Audience.LEARNERS, str(TEAMS))
    return make_rule(found, Audience.ALUMNI, str(TEAMS))


@pytest.fixture
def amina(db: None) -> int:
    """Return the id of somebody in Kenya."""
    return make_account("Amina Yusuf", country="KE")


@pytest.fixture
def after(django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    """Return a function that does something as a request of its own, and what follows from it after the commit."""

    def do(act: Callable[[], Any]) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            found = act()
        people.run_errands()
        return found

    return do


class School:
    """What happens to people in courses, told by the platform's own signals."""

    def __init__(self, after: Callable[..., Any]) -> None:
        self._after = after

    def enrol(self, user_id: int, key: CourseKey = TEAMS) -> None:
        from common.djangoapps.student.models import CourseEnrollment

        self._after(lambda: CourseEnrollment.enroll(_user(user_id), key))

    def unenrol(self, user_id: int, key: CourseKey = TEAMS) -> None:
        from common.djangoapps.student.models import CourseEnrollment

        self._after(lambda: CourseEnrollment.unenroll(_user(user_id), key))

    def grade(self, user_id: int, key: CourseKey = TEAMS, *, passes: bool) -> None:
        """Store a grade and tell of it, as the grade book does; certificates are another matter."""
        from openedx_events.learning.data import CourseData, CoursePassingStatusData, UserData, UserPersonalData
        from openedx_events.learning.signals import COURSE_PASSING_STATUS_UPDATED

        from lms.djangoapps.grades.models import PersistentCourseGrade

        def act() -> None:
            PersistentCourseGrade.update_or_create(
                user_id,
                key,
                passed=passes,
                percent_grade=0.8 if passes else 0.2,
                letter_grade="Pass" if passes else "",
                grading_policy_hash="",
            )
            user = UserData(pii=UserPersonalData(username="", email="", name=""), id=user_id, is_active=True)
            status = CoursePassingStatusData(is_passing=passes, user=user, course=CourseData(course_key=key))
            COURSE_PASSING_STATUS_UPDATED.send_event(course_passing_status=status)

        self._after(act)

    def certify(self, user_id: int, key: CourseKey = TEAMS, *, status: str = "downloadable") -> None:
        """Give a certificate, or give the one that is there another status."""
        from lms.djangoapps.certificates.models import GeneratedCertificate

        def act() -> None:
            found = GeneratedCertificate.objects.filter(user_id=user_id, course_id=key).first()
            row = found or GeneratedCertificate(user_id=user_id, course_id=key)
            row.status = status
            row.save()

        self._after(act)

    def finish(self, user_id: int, key: CourseKey = TEAMS) -> None:
        """Enrol somebody and let them earn a certificate."""
        self.enrol(user_id, key)
        self.grade(user_id, key, passes=True)
        self.certify(user_id, key)


def _user(user_id: int) -> Any:
    return User.objects.get(pk=user_id)


@pytest.fixture
def school(courses: Any, after: Callable[..., Any]) -> Iterator[School]:
    """Return what lets things happen in courses."""
    return School(after)
