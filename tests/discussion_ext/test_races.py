"""Two at once, on a server database and at both isolation levels. Each race has a twin that shows it is real."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from forum.models import Comment, CommentThread
from opaque_keys.edx.keys import UsageKey

from discussion_ext import api, cases, contributions, counts, results
from discussion_ext.data import PostedData
from discussion_ext.models import Contribution, Participation, TaskGroup

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


@contextlib.contextmanager
def no_lock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Turn the lock on a learner's row off."""

    def look(task_id: int, user_id: int) -> Participation:
        return Participation.objects.get_or_create(task_id=task_id, user_id=user_id)[0]

    with monkeypatch.context() as patch:
        patch.setattr(cases, "lock_participation", look)
        patch.setattr(results, "lock_participation", look)
        yield patch


class TestDoublePosition:
    @pytest.fixture
    def twice(self, case: UsageKey, learner: int, words: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Any:
        """Return two acts that take a position for one learner and meet after both looked for an earlier one."""
        meeting = Meeting(2)
        monkeypatch.setattr(cases, "_check_pace", lambda *_args: meeting.wait())
        return [
            lambda seed=seed: api.post_position(usage_key=case, user_id=learner, body=words(12, seed))
            for seed in (1, 2)
        ]

    def outcome(self, results_: list[Any]) -> tuple[int, int, int]:
        """Return how many were posted, how many refused as second, and how many threads there are."""
        posted = sum(isinstance(each, PostedData) for each in results_)
        refused = sum(isinstance(each, api.PositionExistsError) for each in results_)
        return posted, refused, CommentThread.objects.count()

    def test_one_wins_and_the_other_is_told(self, twice: Any) -> None:
        assert self.outcome(race(*twice)) == (1, 1, 1)
        assert Contribution.objects.count() == 1

    def test_without_the_lock_the_unique_key_refuses(
        self, twice: Any, learner: int, case: UsageKey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        api.open_case(usage_key=case, user_id=learner)
        with no_lock(monkeypatch):
            outcomes = race(*twice)
        assert self.outcome(outcomes) == (1, 1, 1), outcomes
        assert Contribution.objects.count() == 1

    def test_without_lock_and_key_there_are_two(
        self,
        twice: Any,
        learner: int,
        case: UsageKey,
        make_case: Callable[..., UsageKey],
        words: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        # The forum makes its own row of a person's numbers at the first post, which is a race of its own.
        api.post_position(usage_key=make_case("before"), user_id=learner, body=words(12, 9))
        api.open_case(usage_key=case, user_id=learner)
        numbers = itertools.count()
        with no_lock(monkeypatch) as patch:
            patch.setattr(contributions, "slot_key", lambda *_args: f"free:{next(numbers)}")
            outcomes = race(*twice)
        assert Contribution.objects.filter(kind="position", task__usage_key=str(case)).count() == 2, outcomes


class TestWithdrawAgainstAnswer:
    @pytest.fixture
    def both(
        self,
        case: UsageKey,
        learner: int,
        peer: int,
        words: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> Any:
        """Return two acts: a peer withdraws what the learner answers; they meet once each has looked at the post."""
        theirs = api.post_position(usage_key=case, user_id=peer, body=words(12, 1)).contribution
        api.post_position(usage_key=case, user_id=learner, body=words(12, 2))
        assert theirs is not None
        meeting = Meeting(2)
        delete_post = cases.delete_post

        def delete_later(*args: Any) -> None:
            meeting.wait()
            delete_post(*args)

        monkeypatch.setattr(cases, "delete_post", delete_later)
        monkeypatch.setattr(cases, "_check_pace", lambda *_args: meeting.wait())
        return [
            lambda: api.withdraw_contribution(usage_key=case, contribution_id=theirs.id, user_id=peer),
            lambda: api.post_answer(usage_key=case, contribution_id=theirs.id, user_id=learner, body=words(6, 3)),
        ]

    def test_whoever_comes_second_is_answered_in_words_and_nothing_is_left_hanging(
        self, both: Any, learner: int
    ) -> None:
        outcomes = race(*both)
        for each in outcomes:
            assert not isinstance(each, Exception) or isinstance(each, api.CaseError), outcomes
        position = Contribution.objects.get(kind="position", parent=None, author_id__gt=learner)
        for answer in Contribution.objects.filter(kind="answer"):
            assert (answer.state == "live") == (position.state == "live")
        kept = set(Contribution.objects.filter(state="live").values_list("forum_key", flat=True))
        assert kept == {
            *(f"thread:{pk}" for pk in CommentThread.objects.values_list("pk", flat=True)),
            *(f"comment:{pk}" for pk in Comment.objects.values_list("pk", flat=True)),
        }

    def test_at_read_committed_one_of_both_always_succeeds(self, both: Any) -> None:
        outcomes = race(*both)
        assert any(not isinstance(each, Exception) for each in outcomes)

    def test_without_the_lock_both_look_at_a_live_post_and_somebody_runs_into_the_forums_error(
        self, both: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cases, "_lock", lambda contribution: contribution)
        outcomes = race(*both)
        failed = [
            each
            for each in outcomes
            if isinstance(each, Exception) and not (isinstance(each, api.CaseError) and each.status < 500)
        ]
        hanging = Contribution.objects.filter(kind="answer", state="live").exclude(parent__state="live")
        assert failed or hanging.exists(), outcomes


class TestCounts:
    def test_many_positions_at_once_are_counted_exactly_once(
        self, case: UsageKey, enrol: Callable[..., int], words: Callable[..., str]
    ) -> None:
        people = [enrol() for _ in range(6)]
        for number, user_id in enumerate(people):
            api.post_position(usage_key=case, user_id=user_id, body=words(12, number))
        TaskGroup.objects.all().delete()
        Contribution.objects.update(fold_due=1, is_counted=False)
        ids = list(Contribution.objects.values_list("pk", flat=True))
        outcomes = race(*[lambda pk=pk: counts.fold_contribution(pk) for pk in ids * 2])
        api.sweep()
        assert TaskGroup.objects.get().positions == 6, outcomes


class TestEvaluation:
    @pytest.fixture
    def crossing(
        self, case: UsageKey, learner: int, peer: int, words: Callable[..., str], monkeypatch: pytest.MonkeyPatch
    ) -> Any:
        """Return two acts: two learners answer each other at the same moment."""
        posts = {
            user_id: api.post_position(usage_key=case, user_id=user_id, body=words(12, number)).contribution
            for number, user_id in enumerate((learner, peer))
        }
        meeting = Meeting(2)
        monkeypatch.setattr(cases, "_check_pace", lambda *_args: meeting.wait())
        return [
            lambda me=me, other=other: api.post_answer(
                usage_key=case, contribution_id=posts[other].id, user_id=me, body=words(6, 20 + me)
            )
            for me, other in ((learner, peer), (peer, learner))
        ]

    def test_two_who_answer_each_other_do_not_wait_for_each_other(
        self, crossing: Any, isolation: str, case: UsageKey, learner: int, peer: int
    ) -> None:
        outcomes = race(*crossing)
        for act, outcome in zip(crossing, outcomes, strict=True):
            if not isinstance(outcome, PostedData):
                # The forum's own rows may collide where its site does not read committed rows, as the platform does.
                assert isolation == "repeatable read", outcomes
                assert isinstance(outcome, api.ForumRefusedError), outcomes
                act()
        assert api.get_score(usage_key=case, user_id=learner) == (6, 10)
        assert api.get_score(usage_key=case, user_id=peer) == (6, 10)

    def test_an_evaluation_with_an_old_view_leaves_the_last_word_to_a_fresh_one(
        self, case: UsageKey, learner: int, peer: int, words: Callable[..., str]
    ) -> None:
        theirs = api.post_position(usage_key=case, user_id=peer, body=words(12, 1)).contribution
        api.post_position(usage_key=case, user_id=learner, body=words(12, 2))
        assert theirs is not None
        read, answered = threading.Event(), threading.Event()

        def evaluate_late() -> Any:
            list(Contribution.objects.all())
            read.set()
            answered.wait(10)
            return results.evaluate_learner(Contribution.objects.values_list("task_id", flat=True)[0], learner)

        def answer() -> Any:
            read.wait(10)
            try:
                return api.post_answer(usage_key=case, contribution_id=theirs.id, user_id=learner, body=words(6, 3))
            finally:
                transaction.on_commit(answered.set)

        outcomes = race(evaluate_late, answer)
        assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
        api.sweep()
        assert api.get_score(usage_key=case, user_id=learner) == (6, 10)


def test_a_thread_deleted_while_an_answer_is_counted(
    case: UsageKey,
    learner: int,
    peer: int,
    take_position: Callable[..., PostedData],
    words: Callable[..., str],
) -> None:
    """The forum deletes replies before their thread; counting locks the thread before the reply."""
    theirs = take_position(peer).contribution
    take_position(learner)
    assert theirs is not None
    answer = api.post_answer(usage_key=case, contribution_id=theirs.id, user_id=learner, body=words(8, 1)).contribution
    assert answer is not None
    Contribution.objects.update(fold_due=1)
    keys = dict(Contribution.objects.values_list("pk", "forum_key"))
    meeting = Meeting(2)

    def delete() -> str:
        api.record_deletion(keys[answer.id], is_target=False, actor_id=peer)
        meeting.wait()
        threading.Event().wait(0.5)
        api.record_deletion(keys[theirs.id], is_target=True, actor_id=peer)
        return "deleted"

    def count() -> str:
        meeting.wait()
        counts.fold_contribution(answer.id)
        return "counted"

    assert race(delete, count) == ["deleted", "counted"]


@pytest.mark.isolation("read committed")
def test_a_storm_of_marks_is_refused_to_nobody(
    case: UsageKey,
    learner: int,
    peer: int,
    take_position: Callable[..., PostedData],
) -> None:
    """One person presses many times, at the platform's own isolation level; the forum looks before it writes."""
    theirs = take_position(peer).contribution
    take_position(learner)
    assert theirs is not None

    def mark(is_helpful: bool) -> Any:
        return api.set_helpful(usage_key=case, contribution_id=theirs.id, user_id=learner, is_helpful=is_helpful)

    outcomes = race(*[lambda on=on: mark(on) for on in [True, False] * 4])
    assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
    api.set_helpful(usage_key=case, contribution_id=theirs.id, user_id=learner, is_helpful=True)
    api.sweep()
    assert Contribution.objects.get(pk=theirs.id).helpful == 1


@pytest.mark.isolation("read committed")
def test_an_answer_sent_six_times_at_once_is_posted_once(
    case: UsageKey,
    learner: int,
    peer: int,
    take_position: Callable[..., PostedData],
    words: Callable[..., str],
) -> None:
    """At the platform's own isolation level."""
    theirs = take_position(peer).contribution
    take_position(learner)
    assert theirs is not None

    def answer() -> Any:
        return api.post_answer(usage_key=case, contribution_id=theirs.id, user_id=learner, body=words(8, 1))

    outcomes = race(*[answer] * 6)
    assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
    assert Comment.objects.count() == Contribution.objects.filter(kind="answer").count() == 1
