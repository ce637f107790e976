"""The way of one post: position, answers, look back, and what they bring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import api
from discussion_ext.data import ContributionKind, ContributionState, PostedData, RequirementState
from discussion_ext.models import Contribution, Participation, PendingEvaluation
from gamification import api as gamification

pytestmark = pytest.mark.django_db


def grade(user_id: int, usage_key: UsageKey) -> tuple[float, float] | None:
    """Return what stands in the grade book."""
    from lms.djangoapps.courseware.models import StudentModule

    row = StudentModule.objects.filter(student_id=user_id, module_state_key=usage_key).first()
    return (row.grade, row.max_grade) if row is not None and row.grade is not None else None


def completion(user_id: int, usage_key: UsageKey) -> float | None:
    """Return what completion knows."""
    from completion.models import BlockCompletion

    row = BlockCompletion.objects.filter(user_id=user_id, block_key=usage_key).first()
    return row.completion if row else None


class TestWholeCase:
    def test_a_learner_finishes_and_everything_follows(
        self,
        case: UsageKey,
        course_key: CourseKey,
        enrol: Callable[..., int],
        take_position: Callable[..., PostedData],
        committed: Callable[[], Any],
        words: Callable[..., str],
    ) -> None:
        amara, tomas, lotte = enrol("amara"), enrol("tomas"), enrol("lotte")
        others = {each: take_position(each).contribution for each in (tomas, lotte)}
        mine = take_position(amara, words(15, amara))
        assert mine.evaluation is not None
        assert mine.evaluation.earned == 4
        assert grade(amara, case) == (4, 10)

        for number, contribution in enumerate(others.values()):
            assert contribution is not None
            with committed():
                api.post_answer(
                    usage_key=case, contribution_id=contribution.id, user_id=amara, body=words(15, 50 + number)
                )
        assert grade(amara, case) == (8, 10)
        with committed():
            posted = api.post_look_back(usage_key=case, user_id=amara, body=words(15, 70))

        assert posted.evaluation is not None
        assert posted.evaluation.is_finished
        assert grade(amara, case) == (10, 10)
        assert completion(amara, case) == 1
        view = api.view_case(usage_key=case, user_id=amara)
        assert view.step == "finished"
        assert [requirement.state for requirement in view.evaluation.requirements] == [RequirementState.MET] * 3
        assert view.points.points == 10
        # two comments (position and look back) and two answers at 3 each, 10 for the case
        assert gamification.get_standing(amara, course_key).points == 4 * 3 + 10

    def test_a_position_is_one_thread_that_the_platform_does_not_hand_out(
        self, case: UsageKey, learner: int, take_position: Callable[..., PostedData], settings: Any
    ) -> None:
        from forum.models import CommentThread

        take_position(learner)

        thread = CommentThread.objects.get()
        assert thread.context == "standalone"
        assert thread.course_id == settings.DISCUSSION_EXT_HELD_COURSE_KEY
        contribution = Contribution.objects.get()
        assert contribution.forum_key == f"thread:{thread.pk}"
        assert contribution.kind == ContributionKind.POSITION
        assert contribution.state == ContributionState.LIVE
        assert not PendingEvaluation.objects.exists()
        assert Participation.objects.get().earned == 4
