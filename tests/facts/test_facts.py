"""Which facts are told, and what they say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import api as discussion
from discussion_ext.models import Contribution
from discussion_ext.signals import CASE_FINISHED, CASE_UNFINISHED, CONTRIBUTION_RECORDED, CONTRIBUTION_REMOVED
from gamification import api as gamification
from gamification.signals import LEVEL_REACHED, TOTAL_CHANGED

pytestmark = pytest.mark.django_db

Listen = Callable[..., list[Any]]
DAY = "2026-11-20T10:00:00+00:00"


class TestPoints:
    """Totals and levels."""

    def test_a_total_that_changes_is_told(
        self,
        listen: Listen,
        earn: Callable[..., None],
        take_back: Callable[..., None],
        learner: Any,
        points_course: Any,
    ) -> None:
        heard = listen(TOTAL_CHANGED)
        earn(learner, "case_finished", DAY, source="case:1")
        take_back(learner, "case_finished", DAY, source="case:1", reason="withdrawn")
        assert [(fact.user_id, fact.course_key, fact.points) for fact in heard] == [
            (learner.id, points_course, 10),
            (learner.id, points_course, 0),
        ]
        assert heard[0].occurred_at < heard[1].occurred_at

    def test_what_earns_nothing_is_not_told(self, listen: Listen, earn: Callable[..., None], learner: Any) -> None:
        heard = listen(TOTAL_CHANGED)
        earn(learner, "comment", DAY, facts={"words": 2})
        assert heard == []

    def test_every_level_on_the_way_is_told_once(
        self, listen: Listen, earn: Callable[..., None], learner: Any, points_course: Any
    ) -> None:
        heard = listen(LEVEL_REACHED)
        earn(learner, "case_finished", DAY, times=5)
        assert heard == []
        earn(learner, "case_finished", DAY, times=10)
        levels = gamification.list_levels(points_course, count=5)
        reached = [level.number for level in levels[1:] if level.starts_at <= 150]
        assert len(reached) > 1
        assert [fact.level for fact in heard] == reached
        earn(learner, "unit_finished", DAY)
        assert len(heard) == len(reached)

    def test_points_by_hand_are_told(self, listen: Listen, committed: Any, learner: Any, points_course: Any) -> None:
        heard = listen(TOTAL_CHANGED)
        with committed():
            gamification.adjust_points(
                actor_id=1, user_id=learner.id, course_key=points_course, points=5, reason="Well put", request_key="k"
            )
        assert [fact.points for fact in heard] == [5]
        assert "Well put" not in repr(heard)


class TestCases:
    """Cases and the posts in them."""

    def test_finishing_and_no_more(
        self,
        listen: Listen,
        take_position: Callable[..., int],
        committed: Any,
        learner: Any,
        case: UsageKey,
        points_course: CourseKey,
    ) -> None:
        finished, unfinished = listen(CASE_FINISHED), listen(CASE_UNFINISHED)
        contribution_id = take_position(learner)
        (fact,) = finished
        assert (fact.user_id, fact.course_key, fact.usage_key, fact.revision) == (learner.id, points_course, case, 1)
        assert fact.occurred_at == Contribution.objects.get().created_at
        with committed():
            discussion.withdraw_contribution(usage_key=case, contribution_id=contribution_id, user_id=learner.id)
        assert [(fact.user_id, fact.case_id, fact.revision) for fact in unfinished] == [(learner.id, fact.case_id, 2)]
        take_position(learner, "They ought to print the label again.")
        assert [fact.revision for fact in finished] == [1, 3]

    def test_evaluating_again_tells_nothing(
        self, listen: Listen, take_position: Callable[..., int], committed: Any, learner: Any, points_course: CourseKey
    ) -> None:
        finished = listen(CASE_FINISHED)
        take_position(learner)
        with committed():
            list(discussion.evaluate_course(points_course))
        assert len(finished) == 1

    def test_a_case_is_told_where_no_points_are_given(
        self, listen: Listen, take_position: Callable[..., int], learner: Any, points_course: CourseKey
    ) -> None:
        finished = listen(CASE_FINISHED)
        gamification.set_on(points_course, False, actor_id=1)
        take_position(learner)
        assert [fact.revision for fact in finished] == [1]

    def test_a_post_comes_changes_and_goes(
        self, listen: Listen, take_position: Callable[..., int], committed: Any, learner: Any, case: UsageKey
    ) -> None:
        recorded, removed = listen(CONTRIBUTION_RECORDED), listen(CONTRIBUTION_REMOVED)
        contribution_id = take_position(learner, "Mirjam should ask the bakers first.")
        where = {"usage_key": case, "contribution_id": contribution_id}
        with committed():
            discussion.edit_contribution(**where, user_id=learner.id, body="Dov should ask every single baker first.")
        assert [(fact.contribution_id, fact.user_id, fact.words, fact.state) for fact in recorded] == [
            (contribution_id, learner.id, 6, "live"),
            (contribution_id, learner.id, 7, "live"),
        ]
        assert {(fact.kind, fact.usage_key) for fact in recorded} == {("position", case)}
        assert "Mirjam" not in repr(recorded)
        with committed():
            discussion.remove_contribution(**where, actor_id=99, reason="Rude words")
        assert [(fact.contribution_id, fact.state) for fact in removed] == [(contribution_id, "removed")]
        assert "Rude" not in repr(removed)
        with committed():
            discussion.restore_contribution(**where, actor_id=99)
        revisions = [fact.revision for fact in [*recorded[:2], *removed, *recorded[2:]]]
        assert revisions == sorted(set(revisions)), "each state has a number of its own, and they count up"

    def test_who_posts_anonymously_is_not_named(
        self, listen: Listen, committed: Any, learner: Any, case: UsageKey, points_course: CourseKey
    ) -> None:
        from forum import api as forum

        recorded = listen(CONTRIBUTION_RECORDED)
        for is_anonymous in (True, False):
            with committed():
                forum.create_thread(
                    title="A question",
                    body="Who decides about the label?",
                    course_id=str(points_course),
                    user_id=str(learner.id),
                    anonymous_to_peers=is_anonymous,
                )
        assert [(fact.user_id, fact.usage_key) for fact in recorded] == [(None, None), (learner.id, None)]
        assert learner.username not in repr(recorded)
