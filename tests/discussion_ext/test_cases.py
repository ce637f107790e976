"""The way of one post: position, answers, look back, and what they bring."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
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
        mine = take_position(amara, words(15, 1000 + amara))
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


class TestRefusals:
    @pytest.mark.parametrize("body", ["", "   ", "\u200b", "😀🎉", "!!!"])
    def test_a_text_without_words(self, case: UsageKey, learner: int, body: str) -> None:
        with pytest.raises(api.InvalidTextError) as refusal:
            api.post_position(usage_key=case, user_id=learner, body=body)
        assert (refusal.value.field, refusal.value.status) == ("body", 422)
        assert not Contribution.objects.exists()

    def test_a_text_that_is_no_text(self, case: UsageKey, learner: int) -> None:
        with pytest.raises(api.InvalidTextError):
            api.post_position(usage_key=case, user_id=learner, body=["a"])  # type: ignore[arg-type]

    def test_a_text_of_100_kilobytes(self, case: UsageKey, learner: int) -> None:
        with pytest.raises(api.InvalidTextError, match="too long"):
            api.post_position(usage_key=case, user_id=learner, body="word " * 20_000)

    def test_a_position_shorter_than_asked_opens_nothing(
        self, case: UsageKey, learner: int, words: Callable[..., str]
    ) -> None:
        with pytest.raises(api.InvalidTextError, match="9 of 10 words"):
            api.post_position(usage_key=case, user_id=learner, body=words(9))
        assert not api.view_case(usage_key=case, user_id=learner).may_see_peers
        api.post_position(usage_key=case, user_id=learner, body=words(10))

    def test_a_position_longer_than_allowed(
        self, make_case: Callable[..., UsageKey], learner: int, words: Callable[..., str]
    ) -> None:
        usage_key = make_case("short", position_max=12)
        with pytest.raises(api.InvalidTextError, match="at most 12"):
            api.post_position(usage_key=usage_key, user_id=learner, body=words(13))
        api.post_position(usage_key=usage_key, user_id=learner, body=words(12))

    def test_a_second_position(self, case: UsageKey, learner: int, take_position: Callable[..., PostedData]) -> None:
        take_position(learner)
        with pytest.raises(api.PositionExistsError) as refusal:
            take_position(learner)
        assert refusal.value.status == 409
        assert Contribution.objects.count() == 1

    def test_a_look_back_before_a_position_and_a_second_one(
        self, case: UsageKey, learner: int, take_position: Callable[..., PostedData], words: Callable[..., str]
    ) -> None:
        with pytest.raises(api.PositionMissingError):
            api.post_look_back(usage_key=case, user_id=learner, body=words(6, 5))
        take_position(learner)
        api.post_look_back(usage_key=case, user_id=learner, body=words(6, 5))
        with pytest.raises(api.PositionExistsError):
            api.post_look_back(usage_key=case, user_id=learner, body=words(6, 6))

    def test_outside_the_time_of_the_case(
        self, make_case: Callable[..., UsageKey], learner: int, words: Callable[..., str]
    ) -> None:
        now = timezone.now()
        for name, values in (
            ("early", {"opens_at": now + timedelta(hours=1)}),
            ("late", {"opens_at": now - timedelta(hours=2), "closes_at": now - timedelta(hours=1)}),
        ):
            with pytest.raises(api.CaseNotOpenError):
                api.post_position(usage_key=make_case(name, **values), user_id=learner, body=words(12))
        during = make_case("now", opens_at=now - timedelta(hours=1), closes_at=now + timedelta(hours=1))
        api.post_position(usage_key=during, user_id=learner, body=words(12))

    def test_where_cases_are_off(
        self, case: UsageKey, course_key: CourseKey, learner: int, words: Callable[..., str]
    ) -> None:
        api.set_on(course_key, False, actor_id=1)
        with pytest.raises(api.CaseOffError):
            api.post_position(usage_key=case, user_id=learner, body=words(12))
        with pytest.raises(api.CaseOffError):
            api.view_case(usage_key=case, user_id=learner)
        api.set_on(course_key, True, actor_id=1)
        api.post_position(usage_key=case, user_id=learner, body=words(12))

    def test_a_case_that_was_never_published(self, course_key: CourseKey, learner: int) -> None:
        with pytest.raises(api.CaseNotFoundError):
            api.view_case(usage_key=course_key.make_usage_key("case_discussion", "none"), user_id=learner)

    def test_too_many_posts(
        self, make_case: Callable[..., UsageKey], learner: int, staff: int, words: Callable[..., str], settings: Any
    ) -> None:
        settings.DISCUSSION_EXT_RATE_LIMIT = "2/m"
        cases = [make_case(f"case{number}") for number in range(3)]
        for user_id, limit in ((learner, 2), (staff, 3)):
            for usage_key in cases[:limit]:
                api.post_position(usage_key=usage_key, user_id=user_id, body=words(12, user_id))
        with pytest.raises(api.TooManyPostsError) as refusal:
            api.post_position(usage_key=cases[2], user_id=learner, body=words(12, learner))
        assert refusal.value.status == 429


class TestHeld:
    """Held posts are visible to nobody before their own position, whatever door they try."""

    def test_every_door_refuses_until_the_learner_has_posted(
        self,
        case: UsageKey,
        learner: int,
        peer: int,
        take_position: Callable[..., PostedData],
        words: Callable[..., str],
    ) -> None:
        posted = take_position(peer).contribution
        assert posted is not None
        where: dict[str, Any] = {"usage_key": case, "contribution_id": posted.id, "user_id": learner}
        doors: list[Callable[[], Any]] = [
            lambda: api.list_answers(**where),
            lambda: api.post_answer(**where, body=words(6, 9)),
            lambda: api.set_helpful(**where, is_helpful=True),
            lambda: api.report_contribution(**where),
        ]
        for door in doors:
            with pytest.raises(api.PostsHeldError) as refusal:
                door()
            assert refusal.value.status == 403
        view = api.view_case(usage_key=case, user_id=learner)
        assert not view.may_see_peers
        assert view.peers.contributions == ()
        assert view.peers_count == 1  # how many is no secret

        take_position(learner)
        for door in doors:
            door()
        shown = api.view_case(usage_key=case, user_id=learner).peers.contributions
        assert [each.id for each in shown] == [posted.id]

    def test_the_team_sees_them(
        self, case: UsageKey, staff: int, peer: int, take_position: Callable[..., PostedData]
    ) -> None:
        take_position(peer)
        assert api.view_case(usage_key=case, user_id=staff, is_team=True).peers.total == 1

    def test_withdrawing_closes_the_door_again(
        self, case: UsageKey, learner: int, peer: int, take_position: Callable[..., PostedData]
    ) -> None:
        take_position(peer)
        mine = take_position(learner).contribution
        assert mine is not None
        api.withdraw_contribution(usage_key=case, contribution_id=mine.id, user_id=learner)
        assert not api.view_case(usage_key=case, user_id=learner).may_see_peers

    def test_a_post_of_another_case_is_not_found(
        self,
        case: UsageKey,
        make_case: Callable[..., UsageKey],
        learner: int,
        peer: int,
        take_position: Callable[..., PostedData],
    ) -> None:
        other = make_case("other")
        theirs = take_position(peer, usage_key=other).contribution
        take_position(learner)
        take_position(learner, usage_key=other)
        assert theirs is not None
        with pytest.raises(api.ContributionNotFoundError):
            api.list_answers(usage_key=case, contribution_id=theirs.id, user_id=learner)
        assert api.list_answers(usage_key=other, contribution_id=theirs.id, user_id=learner).total == 0

    def test_each_cohort_by_itself(
        self,
        make_case: Callable[..., UsageKey],
        course_key: CourseKey,
        enrol: Callable[..., int],
        take_position: Callable[..., PostedData],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        cohorts = {enrol("north1"): 1, enrol("north2"): 1, enrol("south"): 2}
        monkeypatch.setattr("discussion_ext.edx_platform.cohort_id", lambda user_id, _key: cohorts[user_id])
        usage_key = make_case("cohorts", by_cohort=True)
        first, second, third = [
            (user_id, take_position(user_id, usage_key=usage_key).contribution) for user_id in cohorts
        ]
        view = api.view_case(usage_key=usage_key, user_id=first[0])
        assert second[1] is not None
        assert third[1] is not None
        assert [each.id for each in view.peers.contributions] == [second[1].id]
        with pytest.raises(api.ContributionNotFoundError):
            api.list_answers(usage_key=usage_key, contribution_id=third[1].id, user_id=first[0])
        south = api.view_case(usage_key=usage_key, user_id=third[0])
        assert south.peers_count == 0
        assert south.evaluation.requirements[1].state == RequirementState.WAITING

    def test_who_changes_cohort_stays_with_those_who_are_shown(
        self,
        make_case: Callable[..., UsageKey],
        course_key: CourseKey,
        enrol: Callable[..., int],
        take_position: Callable[..., PostedData],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        cohorts = {enrol("north1"): 1, enrol("north2"): 1, enrol("south"): 2}
        monkeypatch.setattr("discussion_ext.edx_platform.cohort_id", lambda user_id, _key: cohorts[user_id])
        usage_key = make_case("cohorts", by_cohort=True)
        mover, northern, southern = (
            (user_id, take_position(user_id, usage_key=usage_key).contribution) for user_id in cohorts
        )
        assert northern[1] is not None
        assert southern[1] is not None
        cohorts[mover[0]] = 2
        view = api.view_case(usage_key=usage_key, user_id=mover[0])
        assert [each.id for each in view.peers.contributions] == [northern[1].id]
        api.list_answers(usage_key=usage_key, contribution_id=northern[1].id, user_id=mover[0])
        with pytest.raises(api.ContributionNotFoundError):
            api.list_answers(usage_key=usage_key, contribution_id=southern[1].id, user_id=mover[0])

    def test_answers_are_not_shown_where_cases_are_off(
        self,
        case: UsageKey,
        course_key: CourseKey,
        learner: int,
        peer: int,
        take_position: Callable[..., PostedData],
    ) -> None:
        take_position(learner)
        theirs = take_position(peer).contribution
        assert theirs is not None
        api.set_on(course_key, False, actor_id=1)
        with pytest.raises(api.CaseOffError):
            api.list_answers(usage_key=case, contribution_id=theirs.id, user_id=learner)


class TestOwnPosts:
    def test_editing_changes_what_counts(
        self,
        case: UsageKey,
        learner: int,
        peer: int,
        take_position: Callable[..., PostedData],
        committed: Callable[[], Any],
        words: Callable[..., str],
    ) -> None:
        theirs = take_position(peer).contribution
        take_position(learner)
        assert theirs is not None
        with committed():
            answer = api.post_answer(usage_key=case, contribution_id=theirs.id, user_id=learner, body="Not so.")
        assert answer.contribution is not None
        assert answer.contribution.verdict is not None
        assert answer.contribution.verdict.code == "too_short"
        assert grade(learner, case) == (4, 10)
        with committed():
            edited = api.edit_contribution(
                usage_key=case, contribution_id=answer.contribution.id, user_id=learner, body=words(6, 33)
            )
        assert edited.contribution is not None
        assert edited.contribution.verdict is not None
        assert edited.contribution.verdict.code == "counts"
        assert edited.contribution.edited_at is not None
        assert grade(learner, case) == (6, 10)

    def test_the_forum_keeps_the_former_text(
        self, case: UsageKey, learner: int, take_position: Callable[..., PostedData], words: Callable[..., str]
    ) -> None:
        from forum.models import EditHistory

        mine = take_position(learner, words(12, 3)).contribution
        assert mine is not None
        api.edit_contribution(usage_key=case, contribution_id=mine.id, user_id=learner, body=words(12, 4))
        assert EditHistory.objects.get().original_body == words(12, 3)

    @pytest.mark.parametrize("on", ["here", pytest.param("server", marks=pytest.mark.mariadb)])
    def test_an_answer_that_differs_in_an_accent_or_emoji_only_is_another(
        self, on: str, case: UsageKey, learner: int, peer: int, take_position: Callable[..., PostedData]
    ) -> None:
        theirs, _mine = take_position(peer).contribution, take_position(learner)
        assert theirs is not None
        texts = [
            "I would ask Zoe again 👍",
            "I would ask Zoë again 👍",
            "I would ask Zoë again 🎉",
            "I WOULD ask Zoë again 🎉",
        ]
        posted = [
            api.post_answer(usage_key=case, contribution_id=theirs.id, user_id=learner, body=text) for text in texts
        ]
        assert len({each.contribution.id for each in posted if each.contribution}) == len(texts)

    def test_an_answer_that_is_sent_twice_is_posted_once(
        self,
        case: UsageKey,
        learner: int,
        peer: int,
        take_position: Callable[..., PostedData],
        words: Callable[..., str],
    ) -> None:
        theirs = take_position(peer).contribution
        mine = take_position(learner).contribution
        assert theirs is not None
        assert mine is not None

        def answer(contribution_id: int, seed: int = 9) -> int:
            posted = api.post_answer(
                usage_key=case, contribution_id=contribution_id, user_id=learner, body=words(8, seed)
            )
            assert posted.contribution is not None
            assert posted.evaluation is not None
            return posted.contribution.id

        first = answer(theirs.id)
        assert answer(theirs.id) == first
        follow_up = answer(first)
        assert answer(first) == follow_up
        others = {answer(theirs.id, 10), answer(mine.id)}
        assert len({first, follow_up} | others) == 4
        api.withdraw_contribution(usage_key=case, contribution_id=first, user_id=learner)
        again = answer(theirs.id)
        assert again != first
        Contribution.objects.update(created_at=timezone.now() - timedelta(minutes=2))
        assert answer(theirs.id) != again

    def test_a_near_copy_earns_nothing_until_it_is_ones_own(
        self,
        case: UsageKey,
        course_key: CourseKey,
        learner: int,
        peer: int,
        take_position: Callable[..., PostedData],
        committed: Callable[[], Any],
        words: Callable[..., str],
    ) -> None:
        theirs = take_position(peer).contribution
        take_position(learner, words(16, 7))
        assert theirs is not None
        assert gamification.get_standing(learner, course_key).points == 3
        with committed():
            copied = api.post_answer(
                usage_key=case, contribution_id=theirs.id, user_id=learner, body=words(16, 7)
            ).contribution
        assert copied is not None
        assert gamification.get_standing(learner, course_key).points == 3
        line = gamification.find_source_points(Contribution.objects.get(pk=copied.id).source)
        assert line is not None
        assert line.reason.startswith("Most of its words had been written before")
        with committed():
            api.edit_contribution(usage_key=case, contribution_id=copied.id, user_id=learner, body=words(16, 8))
        assert gamification.get_standing(learner, course_key).points == 6

    def test_nobody_edits_or_withdraws_for_somebody_else(
        self,
        case: UsageKey,
        learner: int,
        peer: int,
        take_position: Callable[..., PostedData],
        words: Callable[..., str],
    ) -> None:
        theirs = take_position(peer).contribution
        take_position(learner)
        assert theirs is not None
        with pytest.raises(api.NotAllowedError):
            api.edit_contribution(usage_key=case, contribution_id=theirs.id, user_id=learner, body=words(12, 4))
        with pytest.raises(api.NotAllowedError):
            api.withdraw_contribution(usage_key=case, contribution_id=theirs.id, user_id=learner)
        api.edit_contribution(usage_key=case, contribution_id=theirs.id, user_id=peer, body=words(12, 4))

    def test_withdrawing_takes_grade_and_points_and_a_new_position_gives_them_again(
        self,
        case: UsageKey,
        course_key: CourseKey,
        learner: int,
        take_position: Callable[..., PostedData],
        committed: Callable[[], Any],
        words: Callable[..., str],
    ) -> None:
        mine = take_position(learner, words(15, 1)).contribution
        assert mine is not None
        assert gamification.get_standing(learner, course_key).points == 3
        with committed():
            api.withdraw_contribution(usage_key=case, contribution_id=mine.id, user_id=learner)
        assert grade(learner, case) == (0, 10)
        assert gamification.get_standing(learner, course_key).points == 0
        view = api.view_case(usage_key=case, user_id=learner)
        assert view.position is None
        assert [post.state for post in view.withdrawn] == [ContributionState.WITHDRAWN]
        assert view.peers_count == 0

        take_position(learner, words(15, 2))
        assert grade(learner, case) == (4, 10)
        assert gamification.get_standing(learner, course_key).points == 3

    def test_a_peer_keeps_the_credit_of_an_answer_to_a_withdrawn_position(
        self,
        case: UsageKey,
        learner: int,
        peer: int,
        take_position: Callable[..., PostedData],
        committed: Callable[[], Any],
        words: Callable[..., str],
    ) -> None:
        theirs = take_position(peer).contribution
        take_position(learner)
        assert theirs is not None
        with committed():
            api.post_answer(usage_key=case, contribution_id=theirs.id, user_id=learner, body=words(6, 40))
        assert grade(learner, case) == (6, 10)
        with committed():
            api.withdraw_contribution(usage_key=case, contribution_id=theirs.id, user_id=peer)
        states = dict(Contribution.objects.filter(author_id=learner).values_list("kind", "state"))
        assert states == {"position": "live", "answer": "gone"}
        assert grade(learner, case) == (6, 10)
        assert grade(peer, case) == (0, 10)


class TestReactions:
    def test_the_same_mark_twice_and_taking_back_what_is_not_there_change_nothing(
        self, case: UsageKey, learner: int, peer: int, take_position: Callable[..., PostedData]
    ) -> None:
        theirs = take_position(peer).contribution
        take_position(learner)
        assert theirs is not None
        for is_helpful in (False, True, True, False, False):
            marks = api.set_helpful(usage_key=case, contribution_id=theirs.id, user_id=learner, is_helpful=is_helpful)
            assert marks == int(is_helpful)

    def test_helpful_marks_are_counted_once_and_taken_back(
        self,
        case: UsageKey,
        learner: int,
        peer: int,
        take_position: Callable[..., PostedData],
        committed: Callable[[], Any],
    ) -> None:
        theirs = take_position(peer).contribution
        take_position(learner)
        assert theirs is not None
        where: dict[str, Any] = {"usage_key": case, "contribution_id": theirs.id, "user_id": learner}
        for is_helpful, expected in ((True, 1), (True, 1), (False, 0), (True, 1)):
            with committed():
                assert api.set_helpful(**where, is_helpful=is_helpful) == expected
            assert Contribution.objects.get(pk=theirs.id).helpful == expected
        shown = api.view_case(usage_key=case, user_id=learner).peers.contributions[0]
        assert shown.is_helpful_by_me
        with pytest.raises(api.NotAllowedError):
            api.set_helpful(usage_key=case, contribution_id=theirs.id, user_id=peer, is_helpful=True)

    def test_an_answer_is_news_until_the_case_is_opened_again(
        self,
        case: UsageKey,
        learner: int,
        peer: int,
        take_position: Callable[..., PostedData],
        committed: Callable[[], Any],
        words: Callable[..., str],
    ) -> None:
        from people.models import NewsItem

        mine = take_position(learner).contribution
        take_position(peer)
        api.open_case(usage_key=case, user_id=learner)
        assert mine is not None
        with committed():
            api.post_answer(usage_key=case, contribution_id=mine.id, user_id=peer, body=words(6, 20))
        assert NewsItem.objects.filter(user_id=learner, kind="case_answered").count() == 1
        api.open_case(usage_key=case, user_id=learner)
        view = api.view_case(usage_key=case, user_id=learner)
        assert view.news_count == 1
        assert [post.author_id for post in view.heard] == [peer]
        api.open_case(usage_key=case, user_id=learner)
        assert api.view_case(usage_key=case, user_id=learner).news_count == 0


def test_beyond_the_days_limit_a_post_says_whether_it_still_counts_for_the_case(
    case: UsageKey,
    learner: int,
    enrol: Callable[..., int],
    take_position: Callable[..., PostedData],
    words: Callable[..., str],
) -> None:
    take_position(learner)
    reasons = []
    for seed, length in enumerate((20, 20, 20, 20)):
        theirs = take_position(enrol()).contribution
        assert theirs is not None
        body = words(length, seed if seed < 3 else 0)  # the last one repeats the first
        answer = api.post_answer(usage_key=case, contribution_id=theirs.id, user_id=learner, body=body).contribution
        assert answer is not None
        entry = gamification.find_source_points(f"contribution:{answer.id}")
        assert entry is not None
        reasons.append(entry.reason)
    assert reasons[2] == "Two answers a day earn points and this was the third. It still counts for the case."
    assert "still counts" not in reasons[3]


def test_nobody_who_waits_for_a_classmate_is_forgotten(
    case: UsageKey,
    enrol: Callable[..., int],
    take_position: Callable[..., PostedData],
    words: Callable[..., str],
    committed: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("discussion_ext.repairs._BATCH", 1)
    pair = [enrol(), enrol()]
    positions = [take_position(user_id).contribution for user_id in pair]
    for user_id, theirs in zip(pair, reversed(positions), strict=True):
        assert theirs is not None
        with committed():
            api.post_answer(usage_key=case, contribution_id=theirs.id, user_id=user_id, body=words(8, user_id))
    waiting = Participation.objects.filter(is_waiting=True)
    assert waiting.count() == 2
    take_position(enrol())
    api.sweep(limit=10)
    assert not waiting.filter(user_id__in=pair).exists()
