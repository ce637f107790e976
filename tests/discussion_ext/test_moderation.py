"""Reports, removing with a reason, and putting back what was taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from forum import api as forum_api
from forum.models import AbuseFlagger, Comment, CommentThread
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import api
from discussion_ext.data import ContributionData, PostedData
from discussion_ext.models import Contribution, Report
from gamification import api as gamification
from people import api as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(peer: int, take_position: Callable[..., PostedData], words: Callable[..., str]) -> ContributionData:
    """Return a peer's position."""
    contribution = take_position(peer, words(16, 1)).contribution
    assert contribution is not None
    return contribution


@pytest.fixture
def answer(
    case: UsageKey,
    learner: int,
    theirs: ContributionData,
    take_position: Callable[..., PostedData],
    committed: Callable[[], Any],
    words: Callable[..., str],
) -> ContributionData:
    """Return the learner's answer to the peer's position."""
    take_position(learner, words(16, 2))
    with committed():
        posted = api.post_answer(usage_key=case, contribution_id=theirs.id, user_id=learner, body=words(16, 3))
    assert posted.contribution is not None
    return posted.contribution


def test_removing_tells_the_author_why_and_takes_grade_and_points(
    case: UsageKey,
    course_key: CourseKey,
    peer: int,
    staff: int,
    theirs: ContributionData,
    committed: Callable[[], Any],
) -> None:
    assert api.get_score(usage_key=case, user_id=peer) == (4, 10)
    with committed():
        api.remove_contribution(usage_key=case, contribution_id=theirs.id, actor_id=staff, reason="Names a client")
    assert not CommentThread.objects.exists()
    assert api.get_score(usage_key=case, user_id=peer) == (0, 10)
    assert gamification.get_standing(peer, course_key).points == 0
    view = api.view_case(usage_key=case, user_id=peer)
    assert [(post.state, post.state_reason) for post in view.withdrawn] == [("removed", "Names a client")]
    assert view.evaluation.requirements[0].code == "removed"
    entry = people.list_audit(target=f"contribution:{theirs.id}").entries[0]
    assert (entry.actor_id, entry.verb, entry.reason) == (staff, "contribution.remove", "Names a client")


def test_restoring_posts_again_with_everything_beneath(
    case: UsageKey,
    course_key: CourseKey,
    learner: int,
    peer: int,
    staff: int,
    theirs: ContributionData,
    answer: ContributionData,
    committed: Callable[[], Any],
) -> None:
    with committed():
        api.remove_contribution(usage_key=case, contribution_id=theirs.id, actor_id=staff, reason="A mistake")
    assert Contribution.objects.get(pk=answer.id).state == "gone"
    assert api.get_score(usage_key=case, user_id=learner) == (6, 10)
    with committed():
        api.restore_contribution(usage_key=case, contribution_id=theirs.id, actor_id=staff)
    thread = CommentThread.objects.get(author_id=peer)
    assert Contribution.objects.get(pk=theirs.id).forum_key == f"thread:{thread.pk}"
    assert Comment.objects.get().comment_thread_id == thread.pk
    assert Contribution.objects.get(pk=answer.id).state == "live"
    assert api.get_score(usage_key=case, user_id=peer) == (4, 10)
    assert gamification.get_standing(peer, course_key).points == 3
    shown = api.view_case(usage_key=case, user_id=learner).peers
    assert (shown.total, shown.contributions[0].answers) == (1, 1)
    assert Contribution.objects.count() == 3  # nothing was recorded twice


def test_a_reply_is_not_restored_without_what_it_answers(
    case: UsageKey, staff: int, theirs: ContributionData, answer: ContributionData
) -> None:
    api.remove_contribution(usage_key=case, contribution_id=answer.id, actor_id=staff, reason="x")
    api.remove_contribution(usage_key=case, contribution_id=theirs.id, actor_id=staff, reason="x")
    with pytest.raises(api.NotAllowedError):
        api.restore_contribution(usage_key=case, contribution_id=answer.id, actor_id=staff)
    api.restore_contribution(usage_key=case, contribution_id=theirs.id, actor_id=staff)
    api.restore_contribution(usage_key=case, contribution_id=answer.id, actor_id=staff)
    assert Contribution.objects.get(pk=answer.id).state == "live"


def test_a_removed_position_does_not_come_back_beside_a_new_one(
    case: UsageKey, peer: int, staff: int, theirs: ContributionData, take_position: Callable[..., PostedData]
) -> None:
    api.remove_contribution(usage_key=case, contribution_id=theirs.id, actor_id=staff, reason="x")
    take_position(peer)
    with pytest.raises(api.PositionExistsError):
        api.restore_contribution(usage_key=case, contribution_id=theirs.id, actor_id=staff)
    assert CommentThread.objects.count() == 1


def test_an_erased_text_is_not_restored(case: UsageKey, peer: int, staff: int, theirs: ContributionData) -> None:
    api.remove_contribution(usage_key=case, contribution_id=theirs.id, actor_id=staff, reason="x")
    api.retire_person(peer)
    with pytest.raises(api.NotAllowedError, match="no longer kept"):
        api.restore_contribution(usage_key=case, contribution_id=theirs.id, actor_id=staff)


def test_an_answer_comes_back_with_the_follow_ups_beneath_it(
    case: UsageKey,
    peer: int,
    staff: int,
    answer: ContributionData,
    words: Callable[..., str],
    committed: Callable[[], Any],
) -> None:
    with committed():
        below = api.post_answer(usage_key=case, contribution_id=answer.id, user_id=peer, body=words(8, 5)).contribution
    assert below is not None
    with committed():
        api.remove_contribution(usage_key=case, contribution_id=answer.id, actor_id=staff, reason="x")
    assert Contribution.objects.get(pk=below.id).state == "gone"
    with committed():
        api.restore_contribution(usage_key=case, contribution_id=answer.id, actor_id=staff)
    assert Contribution.objects.get(pk=below.id).state == "live"
    assert Comment.objects.count() == 2


def test_an_anonymous_post_of_a_cohort_comes_back_as_such(
    make_case: Callable[..., UsageKey],
    course_key: CourseKey,
    learner: int,
    peer: int,
    staff: int,
    words: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("discussion_ext.edx_platform.cohort_id", lambda _user_id, _key: 7)
    usage_key = make_case("open", is_held=False, by_cohort=True, topic_id="table")
    values: dict[str, Any] = {"course_id": str(course_key), "anonymous_to_peers": True}
    thread = forum_api.create_thread(
        title="T", body=words(12, 1), user_id=str(learner), commentable_id="table", group_id=7, **values
    )
    forum_api.create_parent_comment(
        thread_id=str(thread["id"]), body=words(8, 2), user_id=str(peer), anonymous=False, **values
    )
    position = Contribution.objects.get(author_id=learner)
    api.remove_contribution(usage_key=usage_key, contribution_id=position.pk, actor_id=staff)
    api.restore_contribution(usage_key=usage_key, contribution_id=position.pk, actor_id=staff)
    assert CommentThread.objects.values_list("anonymous_to_peers", "group_id").get() == (True, 7)
    assert Comment.objects.get().anonymous_to_peers


def test_posts_of_another_case_are_out_of_reach(
    case: UsageKey, make_case: Callable[..., UsageKey], staff: int, theirs: ContributionData
) -> None:
    other = make_case("other")
    with pytest.raises(api.ContributionNotFoundError):
        api.remove_contribution(usage_key=other, contribution_id=theirs.id, actor_id=staff, reason="x")
    api.remove_contribution(usage_key=case, contribution_id=theirs.id, actor_id=staff, reason="x")


class TestReports:
    def test_a_report_with_its_reason_reaches_the_team_once(
        self, case: UsageKey, learner: int, staff: int, theirs: ContributionData, answer: ContributionData
    ) -> None:
        for reason in ("Personal attack", "Again"):
            api.report_contribution(usage_key=case, contribution_id=theirs.id, user_id=learner, reason=reason)
        reports = api.list_reports(usage_key=case).reports
        assert [(each.reporter_id, each.reason, each.contribution.id) for each in reports] == [
            (learner, "Personal attack", theirs.id)
        ]
        assert reports[0].contribution.reports == 1
        assert api.get_team_summary(usage_key=case).reports == 1
        assert api.view_case(usage_key=case, user_id=learner).peers.contributions[0].is_reported_by_me

    def test_one_does_not_report_oneself(self, case: UsageKey, peer: int, theirs: ContributionData) -> None:
        with pytest.raises(api.NotAllowedError):
            api.report_contribution(usage_key=case, contribution_id=theirs.id, user_id=peer)

    @pytest.mark.parametrize("is_upheld", [True, False])
    def test_deciding(
        self,
        case: UsageKey,
        learner: int,
        staff: int,
        theirs: ContributionData,
        answer: ContributionData,
        is_upheld: bool,
    ) -> None:
        api.report_contribution(usage_key=case, contribution_id=theirs.id, user_id=learner, reason="Rude")
        report_id = api.list_reports(usage_key=case).reports[0].id
        api.resolve_report(usage_key=case, report_id=report_id, actor_id=staff, is_upheld=is_upheld, reason="Seen")
        assert Report.objects.get().state == ("upheld" if is_upheld else "dismissed")
        assert Contribution.objects.get(pk=theirs.id).state == ("removed" if is_upheld else "live")
        assert api.list_reports(usage_key=case).total == 0
        assert (
            AbuseFlagger.objects.count() == (1 if is_upheld else 0)
            or not CommentThread.objects.filter(author_id=theirs.author_id).exists()
        )
        with pytest.raises(api.InvalidValueError):
            api.resolve_report(usage_key=case, report_id=report_id, actor_id=staff, is_upheld=False)

    def test_taking_a_report_back_elsewhere(
        self, case: UsageKey, learner: int, theirs: ContributionData, answer: ContributionData
    ) -> None:
        api.report_contribution(usage_key=case, contribution_id=theirs.id, user_id=learner)
        AbuseFlagger.objects.get().delete()
        assert api.list_reports(usage_key=case).total == 0
