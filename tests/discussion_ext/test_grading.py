"""Grades decided by the team, reset and calculated again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import api, evidence, results
from discussion_ext.data import PostedData
from discussion_ext.models import Participation, PendingEvaluation
from gamification import api as gamification
from people import api as people

pytestmark = pytest.mark.django_db


def test_the_teams_grade_holds_whatever_happens_later(
    case: UsageKey,
    learner: int,
    staff: int,
    take_position: Callable[..., PostedData],
) -> None:
    mine = take_position(learner).contribution
    assert mine is not None
    api.override_grade(usage_key=case, user_id=learner, actor_id=staff, score=9, reason="Spoke in class")
    assert api.get_score(usage_key=case, user_id=learner) == (9, 10)
    api.withdraw_contribution(usage_key=case, contribution_id=mine.id, user_id=learner)
    assert api.get_score(usage_key=case, user_id=learner) == (9, 10)
    view = api.view_case(usage_key=case, user_id=learner)
    assert view.override is not None
    assert (view.earned, view.override.score, view.override.reason) == (9, 9, "Spoke in class")
    entry = people.list_audit(actor_id=staff).entries[0]
    assert (entry.verb, entry.reason, entry.data) == ("grade.override", "Spoke in class", {"score": 9.0})

    api.clear_override(usage_key=case, user_id=learner, actor_id=staff)
    assert api.get_score(usage_key=case, user_id=learner) == (0, 10)


@pytest.mark.parametrize("score", [-1, 10.5, float("nan"), float("inf"), "9", None, True])
def test_a_grade_that_is_none(case: UsageKey, learner: int, staff: int, score: Any) -> None:
    with pytest.raises(api.InvalidValueError) as refusal:
        api.override_grade(usage_key=case, user_id=learner, actor_id=staff, score=score, reason="x")
    assert refusal.value.field == "score"
    assert api.get_score(usage_key=case, user_id=learner) is None
    api.override_grade(usage_key=case, user_id=learner, actor_id=staff, score=10, reason="x")


def test_a_grade_without_a_reason(case: UsageKey, learner: int, staff: int) -> None:
    with pytest.raises(api.InvalidValueError) as refusal:
        api.override_grade(usage_key=case, user_id=learner, actor_id=staff, score=3, reason="  ")
    assert refusal.value.field == "reason"


def test_reset_starts_afresh(
    case: UsageKey,
    course_key: CourseKey,
    learner: int,
    staff: int,
    take_position: Callable[..., PostedData],
    words: Callable[..., str],
) -> None:
    take_position(learner, words(12, 1))
    assert api.has_taken_part(usage_key=case, user_id=learner)
    api.reset_learner(usage_key=case, user_id=learner, actor_id=staff)
    assert api.get_score(usage_key=case, user_id=learner) == (0, 10)
    assert not api.has_taken_part(usage_key=case, user_id=learner)
    view = api.view_case(usage_key=case, user_id=learner)
    assert view.position is None
    assert not view.may_see_peers
    take_position(learner, words(12, 2))
    assert api.get_score(usage_key=case, user_id=learner) == (4, 10)


def test_points_of_a_finished_case_come_back_with_their_reason(
    make_case: Callable[..., UsageKey],
    course_key: CourseKey,
    learner: int,
    staff: int,
    take_position: Callable[..., PostedData],
    words: Callable[..., str],
    committed: Callable[[], Any],
) -> None:
    usage_key = make_case("short", answers_wanted=0, look_back_min=0)
    take_position(learner, words(12, 1), usage_key=usage_key)
    assert gamification.get_standing(learner, course_key).points == 10
    with committed():
        api.reset_learner(usage_key=usage_key, user_id=learner, actor_id=staff)
    assert gamification.get_standing(learner, course_key).points == 0
    take_position(learner, words(12, 2), usage_key=usage_key)
    assert gamification.get_standing(learner, course_key).points == 10


def test_calculating_again(case: UsageKey, learner: int, staff: int, take_position: Callable[..., PostedData]) -> None:
    take_position(learner)
    api.override_grade(usage_key=case, user_id=learner, actor_id=staff, score=9, reason="x")
    assert api.calculate_score(usage_key=case, user_id=learner) == (4, 10)
    api.rescore(usage_key=case, user_id=learner, only_if_higher=True)
    assert api.get_score(usage_key=case, user_id=learner) == (9, 10)
    api.rescore(usage_key=case, user_id=learner)
    assert api.get_score(usage_key=case, user_id=learner) == (4, 10)


def test_nothing_is_published_twice_or_for_nothing(
    case: UsageKey, learner: int, take_position: Callable[..., PostedData], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[float, float]] = []
    monkeypatch.setattr(
        "discussion_ext.edx_platform.publish_score",
        lambda *, user_id, usage_key, earned, possible: told.append((earned, possible)),
    )
    api.open_case(usage_key=case, user_id=learner)
    assert told == []
    take_position(learner)
    api.evaluate_pending()
    assert told == [(4, 10)]


def test_a_grade_book_that_fails_is_told_by_the_sweep(
    case: UsageKey,
    learner: int,
    take_position: Callable[..., PostedData],
    monkeypatch: pytest.MonkeyPatch,
    words: Callable[..., str],
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("discussion_ext.edx_platform.publish_score", lambda **kwargs: 1 / 0)
        posted = api.post_position(usage_key=case, user_id=learner, body=words(12, 1))
    assert posted.contribution is not None
    assert api.get_score(usage_key=case, user_id=learner) is None
    api.sweep()
    assert api.get_score(usage_key=case, user_id=learner) == (4, 10)


def test_a_ledger_that_fails_is_told_of_a_finished_case_by_the_sweep(
    make_case: Callable[..., UsageKey],
    course_key: CourseKey,
    learner: int,
    take_position: Callable[..., PostedData],
    committed: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usage_key = make_case("short", answers_wanted=0, look_back_min=0)
    record = gamification.record_activity

    def fail_for_cases(*, kind: str, **values: Any) -> bool:
        if kind == "case_finished":
            raise RuntimeError
        return record(kind=kind, **values)

    with monkeypatch.context() as broken:
        broken.setattr(gamification, "record_activity", fail_for_cases)
        take_position(learner, usage_key=usage_key)
    assert api.view_case(usage_key=usage_key, user_id=learner).evaluation.is_finished
    assert gamification.get_standing(learner, course_key).points == 0
    with committed():
        api.sweep()
    assert gamification.get_standing(learner, course_key).points == 10


def test_one_learner_who_cannot_be_evaluated_does_not_hold_up_the_rest(
    case: UsageKey,
    learner: int,
    peer: int,
    take_position: Callable[..., PostedData],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_position(learner)
    take_position(peer)
    task_id = Participation.objects.get(user_id=learner).task_id
    PendingEvaluation.objects.bulk_create(
        PendingEvaluation(task_id=task_id, user_id=user_id, attempts=1) for user_id in (learner, learner, peer)
    )
    evaluate = results.evaluate_learner

    def fail_for_learner(task_id: int, user_id: int) -> Any:
        return 1 / 0 if user_id == learner else evaluate(task_id, user_id)

    monkeypatch.setattr(results, "evaluate_learner", fail_for_learner)
    for _run in range(3):
        api.evaluate_pending(limit=1)
    assert not PendingEvaluation.objects.filter(user_id=peer).exists()


def test_a_position_from_before_a_reset_comes_back_without_standing_in_the_way(
    case: UsageKey,
    learner: int,
    staff: int,
    take_position: Callable[..., PostedData],
    words: Callable[..., str],
) -> None:
    former = take_position(learner, words(12, 1)).contribution
    assert former is not None
    api.reset_learner(usage_key=case, user_id=learner, actor_id=staff)
    api.remove_contribution(usage_key=case, contribution_id=former.id, actor_id=staff)
    api.restore_contribution(usage_key=case, contribution_id=former.id, actor_id=staff)
    take_position(learner, words(12, 2))
    assert api.get_score(usage_key=case, user_id=learner) == (4, 10)


def test_a_talkative_learner_keeps_the_position(
    case: UsageKey,
    learner: int,
    peer: int,
    take_position: Callable[..., PostedData],
    words: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evidence, "_OWN_POSTS", 3)
    take_position(learner)
    theirs = take_position(peer).contribution
    assert theirs is not None
    for seed in range(4):
        api.post_answer(usage_key=case, contribution_id=theirs.id, user_id=learner, body=words(8, seed))
    assert api.get_score(usage_key=case, user_id=learner) == (6, 10)
    assert api.view_case(usage_key=case, user_id=learner).position is not None
