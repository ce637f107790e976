"""From a published score to the stored one and to the signals that others listen to."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.dispatch import receiver
from opaque_keys.edx.keys import CourseKey
from xblock.scorable import ScorableXBlockMixin, Score

from lms.djangoapps.courseware.model_data import get_score, set_score
from lms.djangoapps.courseware.models import StudentModule
from lms.djangoapps.grades.constants import ScoreDatabaseTableEnum

from .signals import PROBLEM_RAW_SCORE_CHANGED, PROBLEM_WEIGHTED_SCORE_CHANGED, SCORE_PUBLISHED


def _fraction(earned: float, possible: float) -> float:
    return earned / possible if possible else 0.0


def _is_lower(earned: float, possible: float, previous: StudentModule | None) -> bool:
    if previous is None or previous.grade is None:
        return False
    return _fraction(earned, possible) < _fraction(previous.grade, previous.max_grade or 0.0)


def _weighted(earned: float, possible: float, weight: float | None) -> tuple[float, float]:
    """Scale a raw score to the block's weight; without a weight, or without anything to earn, it stays as it is."""
    if weight is None or not possible:
        return earned, possible
    return earned * weight / possible, weight


@receiver(SCORE_PUBLISHED, dispatch_uid="host_score_published")
def on_score_published(
    sender: Any, block: Any, user: Any, raw_earned: float, raw_possible: float, only_if_higher: bool, **kwargs: Any
) -> bool:
    """Store the score in StudentModule and announce it; return whether it was stored."""
    if only_if_higher and _is_lower(raw_earned, raw_possible, get_score(user.id, block.location)):
        return False
    modified = set_score(user.id, block.location, raw_earned, raw_possible)
    if isinstance(block, ScorableXBlockMixin):
        block.set_score(Score(raw_earned=raw_earned, raw_possible=raw_possible))
    PROBLEM_RAW_SCORE_CHANGED.send(
        sender=None,
        raw_earned=raw_earned,
        raw_possible=raw_possible,
        weight=getattr(block, "weight", None),
        user_id=user.id,
        course_id=str(block.location.course_key),
        usage_id=str(block.location),
        only_if_higher=only_if_higher,
        modified=modified,
        score_db_table=ScoreDatabaseTableEnum.courseware_student_module,
        score_deleted=kwargs.get("score_deleted", False),
        grader_response=kwargs.get("grader_response", False),
    )
    return True


@receiver(PROBLEM_RAW_SCORE_CHANGED, dispatch_uid="host_raw_score_changed")
def on_raw_score_changed(sender: Any, **kwargs: Any) -> None:
    """Weigh the raw score and announce the result, on which edx-completion listens."""
    earned, possible = _weighted(kwargs["raw_earned"], kwargs["raw_possible"], kwargs["weight"])
    passed_on = (
        "user_id",
        "course_id",
        "usage_id",
        "only_if_higher",
        "modified",
        "score_db_table",
        "score_deleted",
        "grader_response",
    )
    PROBLEM_WEIGHTED_SCORE_CHANGED.send(
        sender=None,
        weighted_earned=earned,
        weighted_possible=possible,
        **{name: kwargs.get(name) for name in passed_on},
    )


@receiver(PROBLEM_WEIGHTED_SCORE_CHANGED, dispatch_uid="host_course_grade")
def on_weighted_score_changed(sender: Any, user_id: int, course_id: str, **kwargs: Any) -> None:
    """Work out the learner's grade in the course; the platform leaves that to a worker, some moments later."""
    from lms.djangoapps.grades.course_grade_factory import CourseGradeFactory

    learner = get_user_model().objects.filter(pk=user_id).first()
    if learner is not None:
        CourseGradeFactory().update(learner, CourseKey.from_string(course_id))
