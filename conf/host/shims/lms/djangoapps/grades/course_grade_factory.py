"""Work out a learner's grade in a course, store it, and say whether they pass now."""

from __future__ import annotations

from typing import Any

from opaque_keys.edx.keys import CourseKey
from openedx_events.learning.data import CourseData, CoursePassingStatusData, UserData, UserPersonalData
from openedx_events.learning.signals import COURSE_PASSING_STATUS_UPDATED

from embedded_host.lms.grading import CourseGrade, grade_learner
from openedx.core.djangoapps.signals.signals import COURSE_GRADE_NOW_FAILED, COURSE_GRADE_NOW_PASSED

from .models import PersistentCourseGrade


class CourseGradeFactory:
    """The platform's class of this name, as far as the suite meets it."""

    def update(self, user: Any, course_key: CourseKey) -> CourseGrade | None:
        """Work the grade out again, store it where something was attempted, and announce it; None where nothing counts.

        As on the platform, passing or failing is announced each time, not only when it changes.
        """
        grade = grade_learner(user, course_key)
        if grade is None:
            return None
        if grade.is_attempted:
            PersistentCourseGrade.update_or_create(
                user_id=user.id,
                course_id=course_key,
                grading_policy_hash=grade.policy_hash,
                percent_grade=grade.percent,
                letter_grade=grade.letter_grade,
                passed=grade.passed,
            )
        signal = COURSE_GRADE_NOW_PASSED if grade.passed else COURSE_GRADE_NOW_FAILED
        also = {} if grade.passed else {"grade": grade}
        signal.send(sender=CourseGradeFactory, user=user, course_id=course_key, **also)
        _announce_status(user, course_key, is_passing=grade.passed)
        return grade


def _announce_status(user: Any, course_key: CourseKey, *, is_passing: bool) -> None:
    pii = UserPersonalData(username=user.username, email=user.email, name=user.get_full_name())
    COURSE_PASSING_STATUS_UPDATED.send_event(
        course_passing_status=CoursePassingStatusData(
            is_passing=is_passing,
            user=UserData(pii=pii, id=user.id, is_active=user.is_active),
            course=CourseData(course_key=course_key),
        )
    )
