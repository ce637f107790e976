"""Two at once in a blended task, on a server database. Each race has a twin that shows that it is one."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from opaque_keys.edx.keys import UsageKey

from discussion_ext import api
from discussion_ext.api import blended
from discussion_ext.blended import decisions, loads, regrade
from discussion_ext.data import PostedData, StageDecisionData
from discussion_ext.models import (
    Contribution,
    Participation,
    ReviewAssignment,
    ReviewLoad,
    StageDecision,
    StageStanding,
    Task,
)

from .conftest import CONFIG, START, Clock, text_of

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]


class Meeting:
    """A point at which those who race wait for each other, but not forever: a lock may keep one of them away."""

    def __init__(self, people: int) -> None:
        self._barrier = threading.Barrier(people)

    def wait(self) -> None:
        """Wait until all are here, or long enough to know that they are kept away."""
        try:
            self._barrier.wait(timeout=1.5)
        except threading.BrokenBarrierError:
            self._barrier.reset()


def race(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts at once, each as a request of its own (one transaction); a refusal is a result."""
    start = threading.Barrier(len(acts), timeout=20)

    def run(act: Callable[[], Any]) -> Any:
        try:
            with transaction.atomic():
                Contribution.objects.count()  # a request has read something before it comes to us
                start.wait()
                return act()
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


class TestDrawing:
    @pytest.fixture
    def draws(
        self,
        task: UsageKey,
        enrol: Callable[..., int],
        seat: Callable[..., None],
        clock: Clock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> Any:
        """Return two acts: two people who handed nothing in draw a report, of two, and meet once each has chosen."""
        authors, readers = [enrol(), enrol()], [enrol(), enrol()]
        seat(*authors, *readers)
        clock.at(START + timedelta(days=1))
        for user_id in authors:
            blended.hand_in_report(usage_key=task, stage_id="s4", user_id=user_id, text=text_of(12, user_id))
        clock.at(START + timedelta(days=16))  # reports are closed: who handed none in may review
        meeting, choose = Meeting(2), loads._choose

        def choose_and_meet(*args: Any) -> Any:
            chosen = choose(*args)
            meeting.wait()
            return chosen

        monkeypatch.setattr(loads, "_choose", choose_and_meet)
        return [
            lambda user_id=user_id: blended.draw_reviews(usage_key=task, stage_id="s5", user_id=user_id)
            for user_id in readers
        ]

    def test_two_readers_get_two_reports(self, draws: Any) -> None:
        outcomes = race(*draws)
        assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
        assert sorted(ReviewLoad.objects.values_list("assigned", flat=True)) == [1, 1]

    def test_without_taking_turns_both_want_the_same(self, draws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(loads, "_take_turns", lambda _task: None)
        monkeypatch.setattr(
            loads, "_lock_open", lambda task, group_id: ReviewLoad.objects.filter(task=task, group_id=group_id)
        )
        race(*draws)
        assert sorted(ReviewLoad.objects.values_list("assigned", flat=True)) != [1, 1]

    def test_one_reader_who_asks_six_times_at_once_gets_one(self, task: UsageKey, draws: Any) -> None:
        race(*[draws[0]] * 6)
        draws[0]()
        assert ReviewAssignment.objects.count() == 1
        assert ReviewLoad.objects.filter(assigned=1).count() == 1


class TestDeciding:
    @pytest.fixture
    def both(
        self, task: UsageKey, learner: int, staff: int, seat: Callable[..., None], monkeypatch: pytest.MonkeyPatch
    ) -> Any:
        """Return two acts: two of the team mark the same stage, and meet once each has looked for a decision."""
        seat(learner)
        blended.open_task(usage_key=task, user_id=learner)
        meeting, find = Meeting(2), decisions._slot

        def find_and_meet(*args: Any) -> str:
            meeting.wait()
            return find(*args)

        monkeypatch.setattr(decisions, "_slot", find_and_meet)
        return [
            lambda share=share: blended.mark_stage(
                usage_key=task, user_id=learner, stage_id="s2", actor_id=staff, reason="x", share=share
            )
            for share in (0.4, 0.8)
        ]

    def test_one_decision_holds_and_both_are_on_record(self, both: Any, task: UsageKey, learner: int) -> None:
        outcomes = race(*both)
        made = [each for each in outcomes if isinstance(each, StageDecisionData)]
        assert made, outcomes
        holding = StageDecision.objects.filter(revoked_at=None)
        assert holding.count() == 1
        assert StageDecision.objects.count() == len(made)
        api.sweep()
        row = Participation.objects.get(task__kind="blended", user_id=learner)
        assert row.earned == pytest.approx(3 * holding.get().share)

    def test_without_the_lock_the_unique_key_refuses(self, both: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(decisions, "lock_participation", lambda *_args: None)
        monkeypatch.setattr(decisions, "evaluate_learner", lambda *_args: None)
        race(*both)
        assert StageDecision.objects.filter(revoked_at=None).count() == 1


class TestRegrading:
    @pytest.fixture
    def crowd(
        self, task: UsageKey, enrol: Callable[..., int], seat: Callable[..., None], settle: Callable[[], None]
    ) -> list[int]:
        """Return six seated learners who took a position."""
        found = [enrol() for _ in range(6)]
        seat(*found)
        for user_id in found:
            api.post_position(
                usage_key=blended.stage_key(task, "s2"), user_id=user_id, body=text_of(12, 1000 + user_id)
            )
        settle()
        return found

    def test_while_learners_write_nobodys_grade_is_lost(
        self,
        task: UsageKey,
        crowd: list[int],
        make_task: Callable[..., UsageKey],
        settle: Callable[[], None],
    ) -> None:
        make_task(points=20)
        task_id = Task.objects.get(kind="blended").pk
        positions = dict(Contribution.objects.filter(kind="position").values_list("author_id", "pk"))
        key = blended.stage_key(task, "s2")
        pairs = list(itertools.pairwise([*crowd, crowd[0]]))

        def answer(me: int, other: int) -> Any:
            return api.post_answer(
                usage_key=key, contribution_id=positions[other], user_id=me, body=text_of(8, 5000 + me)
            )

        outcomes = race(
            lambda: regrade.regrade_task(task_id),
            lambda: regrade.regrade_task(task_id),
            *[lambda me=me, other=other: answer(me, other) for me, other in pairs[:3]],
        )
        for (me, other), outcome in zip(pairs[:3], outcomes[2:], strict=True):
            if not isinstance(outcome, PostedData):
                answer(me, other)  # thrown away by a deadlock of the forum's own: the learner sends it again
        settle()
        rows = Participation.objects.filter(task_id=task_id)
        for row in rows:
            expected = api.calculate_score(usage_key=task, user_id=row.user_id)
            assert (row.earned, row.possible) == expected
            assert (row.published_earned, row.published_possible) == expected
        assert set(rows.values_list("config_version", flat=True)) == {2}
        assert sorted(rows.values_list("earned", flat=True)) == [3.0] * 3 + [6.0] * 3

    def test_two_runs_at_once_keep_each_standing_once(
        self, task: UsageKey, crowd: list[int], make_task: Callable[..., UsageKey], settle: Callable[[], None]
    ) -> None:
        make_task(replace(CONFIG, points=30))
        task_id = Task.objects.get(kind="blended").pk
        race(*[lambda: regrade.regrade_task(task_id)] * 3)
        settle()
        rows = Participation.objects.filter(task_id=task_id)
        assert set(rows.values_list("published_earned", "published_possible")) == {(4.5, 30.0)}
        assert StageStanding.objects.count() == 5 * len(crowd)
